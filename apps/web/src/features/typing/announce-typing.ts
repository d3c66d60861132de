import { sayTyping } from "../../realtime/typing.ts";

/** Tells the others that this person is typing, or has stopped. Call it on every keystroke. */
export function announceTyping(conversationId: string, isActive: boolean): void {
  sayTyping(conversationId, isActive);
}
