import type { Conversation } from "@confab/shared/conversations";
import type { Person } from "@confab/shared/users";

/** What a conversation is called: a group by its name, a direct one by the other person, as last heard of. */
export function titleOf(
  conversation: Pick<Conversation, "name" | "other">,
  other: Pick<Person, "username"> | null = conversation.other,
): string {
  return other?.username ?? conversation.name ?? "Conversation";
}

/** The mark that stands beside a guest's name, wherever the name stands. */
export function badgeOf(person: Pick<Person, "role"> | null): string | null {
  return person?.role === "guest" ? "Guest" : null;
}

/** "1 member", "4 members". */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
}
