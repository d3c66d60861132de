export function retryMessage(_conversationId: string, _id: string): void {}
