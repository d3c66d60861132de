import type { Conversation } from "@confab/shared/conversations";
import type { Person } from "@confab/shared/users";
import { countOf } from "../../lib/titles.ts";

const QUOTES = /^[ \t]*(?:>[ \t]?)+/gm;
const LINKS = /!?\[([^\]\n]+)\]\([^)\n]*\)/g;
const CODE = /```[^\n`]*\n?|`/g;
/** At the edge of a word they are formatting; inside one (snake_case) or between blanks (2 * 3) they are text. */
const EMPHASIS = /(?<![\p{L}\p{N}])[*_~]{1,3}(?=\S)|(?<=\S)[*_~]{1,3}(?![\p{L}\p{N}])/gu;

function plainOf(content: string): string {
  const start = content.slice(0, 400);
  const plain = [QUOTES, CODE, EMPHASIS].reduce((text, marks) => text.replace(marks, ""), start.replace(LINKS, "$1"));
  // What consists of nothing but marks stands as it was written.
  return (plain.trim() === "" ? start : plain).replace(/\s+/g, " ").trim().slice(0, 160);
}

/** The last message in one line: who (as last heard of), and the beginning of what. */
export function previewOf(
  conversation: Pick<Conversation, "kind" | "last_message" | "last_seq">,
  myId: string | undefined,
  sender: Pick<Person, "username"> | null = conversation.last_message?.sender ?? null,
): string {
  const last = conversation.last_message;
  // Whoever looks in from outside is not told the last message, but that there are some.
  if (last === null && conversation.last_seq > 0) return countOf(conversation.last_seq, "message");
  if (last === null) return conversation.kind === "direct" ? "Say hello" : "No messages yet";
  const text = last.deleted_at === null ? plainOf(last.content) : "Message deleted";
  if (last.sender.id === myId) return `You: ${text}`;
  return conversation.kind === "direct" ? text : `${sender?.username}: ${text}`;
}
