import { useMessages } from "../src/stores/messages.store.ts";

/** What a person would see of a conversation: each row's content, with a mark on what is not sent. */
export function shown(conversationId: string): string[] {
  const marks = { sent: "", sending: " …", failed: " !" };
  return (useMessages.getState().windows[conversationId]?.rows ?? []).map((row) => row.content + marks[row.status]);
}
