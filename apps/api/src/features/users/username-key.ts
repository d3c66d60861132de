/**
 * A name as others could mistake it: two people whose names give the same key cannot both exist. Compatibility
 * forms, case and accents composed differently are one and the same.
 */
export function usernameKey(username: string): string {
  return username.normalize("NFKC").toLowerCase().normalize("NFKC");
}
