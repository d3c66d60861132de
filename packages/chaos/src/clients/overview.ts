import type { Conversation } from "@confab/shared/conversations";
import type { Event } from "@confab/shared/events";

/** What a list of conversations shows of one of them, as far as events change it. */
type Line = Pick<
  Conversation,
  "name" | "last_seq" | "revision" | "member_version" | "member_count" | "read_seq" | "unread"
>;

interface Entry {
  line: Line;
  /** Others' messages that are newer than the count of unread ones. */
  readonly news: Set<number>;
  /** Up to which message they are counted. */
  countedTo: number;
  namedAt: number;
}

/**
 * The list of conversations of one connection: its snapshot, and every event since applied to it, in whatever order they
 * come. In the end it has to be what a fresh snapshot says.
 */
export class Overview {
  readonly #me: string;
  readonly #entries = new Map<string, Entry>();

  constructor(me: string) {
    this.#me = me;
  }

  begin(conversations: readonly Conversation[]): void {
    this.#entries.clear();
    for (const conversation of conversations) this.#put(conversation);
  }

  hear(event: Event): void {
    if (event.type === "conversation.joined") return this.#put(event.conversation);
    if (event.type === "conversation.left") return void this.#entries.delete(event.conversation_id);
    const entry = this.#entries.get(conversationOf(event) ?? "");
    if (!entry) return;
    const { line } = entry;
    switch (event.type) {
      case "message.created":
        line.last_seq = Math.max(line.last_seq, event.message.seq);
        if (event.message.seq > entry.countedTo && event.message.sender.id !== this.#me)
          entry.news.add(event.message.seq);
        return this.#move(line, event.message.revision);
      case "message.updated":
        return this.#move(line, event.message.revision);
      case "conversation.updated":
        if (event.revision > entry.namedAt) {
          line.name = event.name;
          entry.namedAt = event.revision;
        }
        return this.#move(line, event.revision);
      case "member.added":
      case "member.removed":
      case "member.updated":
        if (event.member_version >= line.member_version) {
          line.member_version = event.member_version;
          line.member_count = event.member_count;
        }
        return this.#move(line, event.revision);
      case "read_marker.moved":
        if (event.read_seq < line.read_seq) return;
        line.read_seq = event.read_seq;
        return count(entry, event.unread, event.last_seq);
      default:
    }
  }

  /** The first difference to a fresh snapshot, or null. */
  differenceTo(conversations: readonly Conversation[]): { conversation: string; what: string } | null {
    for (const fresh of conversations) {
      const entry = this.#entries.get(fresh.id);
      if (!entry) return { conversation: fresh.id, what: "is missing" };
      const own: Line = { ...entry.line, unread: entry.line.unread + entry.news.size };
      for (const key of Object.keys(own) as (keyof Line)[])
        if (own[key] !== fresh[key])
          return { conversation: fresh.id, what: `${key} is ${own[key]}, a fresh snapshot says ${fresh[key]}` };
    }
    const known = new Set(conversations.map(({ id }) => id));
    const left = [...this.#entries.keys()].find((id) => !known.has(id));
    return left === undefined ? null : { conversation: left, what: "is there no more" };
  }

  #put({ id, name, last_seq, revision, member_version, member_count, read_seq, unread }: Conversation): void {
    const known = this.#entries.get(id);
    if (known && known.line.revision > revision) return;
    const line = { name, last_seq, revision, member_version, member_count, read_seq, unread };
    this.#entries.set(id, { line, news: new Set(), countedTo: last_seq, namedAt: revision });
  }

  #move(line: Line, revision: number): void {
    line.revision = Math.max(line.revision, revision);
  }
}

function count(entry: Entry, unread: number, lastSeq: number): void {
  entry.line.unread = unread;
  entry.countedTo = lastSeq;
  for (const seq of entry.news) if (seq <= lastSeq) entry.news.delete(seq);
}

function conversationOf(event: Event): string | null {
  if ("conversation_id" in event) return event.conversation_id;
  return "message" in event && typeof event.message === "object" ? event.message.conversation_id : null;
}
