import type { Conversation } from "@confab/shared/conversations";

const MARKS = /[*_~`>#]+/g;

/** The last message in one line: who, and the beginning of what. */
export function previewOf(conversation: Conversation, myId: string | undefined): string {
  const last = conversation.last_message;
  if (last === null) return conversation.kind === "direct" ? "Say hello" : "No messages yet";
  const text =
    last.deleted_at === null
      ? last.content.slice(0, 160).replace(MARKS, "").replace(/\s+/g, " ").trim()
      : "Message deleted";
  if (last.sender.id === myId) return `You: ${text}`;
  return conversation.kind === "direct" ? text : `${last.sender.username}: ${text}`;
}
