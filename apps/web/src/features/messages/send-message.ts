import { enqueue } from "../../realtime/outbox.ts";
import { isOutOfStep } from "../../realtime/revisions.ts";
import { sayTyping } from "../../realtime/typing.ts";
import { useMessages } from "../../stores/messages.store.ts";
import { jumpToNewest } from "./jump-to-newest.ts";

/**
 * Shows the message at once and sees to it that it reaches the server, also after a reload or days without network.
 * A refusal shows in its row, as `failure`.
 */
export function sendMessage(conversationId: string, content: string): void {
  if (content.trim() === "") return;
  sayTyping(conversationId, false);
  enqueue(conversationId, content);
  const window = useMessages.getState().windows[conversationId];
  // One's own message belongs where one looks. While a catch-up is under way the end is about to be there anyway.
  if (window?.is_open && !window.reaches_newest && !isOutOfStep(conversationId)) void jumpToNewest(conversationId);
}
