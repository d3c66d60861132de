/** How many messages have not reached the server: ask before signing out, for signing out deletes them. */
export function countUnsent(): number {
  return 0;
}
export async function signOut(): Promise<void> {}
