export async function jumpToNewest(_conversationId: string): Promise<void> {}
