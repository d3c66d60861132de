export function sendMessage(_conversationId: string, _content: string): void {}
