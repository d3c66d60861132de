import { sayTyping } from "../../realtime/typing.ts";
import { closeWindow, useMessages } from "../../stores/messages.store.ts";

/** The conversation is no longer looked at: its newest messages stay for a quick return, the rest is let go. */
export function closeConversation(conversationId: string): void {
  sayTyping(conversationId, false);
  useMessages.setState((state) => closeWindow(state, conversationId));
}
