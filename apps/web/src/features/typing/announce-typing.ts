export function announceTyping(_conversationId: string, _isActive: boolean): void {}
