export async function loadOlder(_conversationId: string): Promise<void> {}
