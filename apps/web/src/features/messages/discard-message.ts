export function discardMessage(_conversationId: string, _id: string): void {}
