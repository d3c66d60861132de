export async function loadNewer(_conversationId: string): Promise<void> {}
