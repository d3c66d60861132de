export function closeConversation(_conversationId: string): void {}
