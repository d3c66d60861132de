export function markRead(_conversationId: string, _seq: number): void {}
