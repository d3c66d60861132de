import type { Conversation } from "@confab/shared/conversations";
import type { Event, EventOf } from "@confab/shared/events";

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
  readonly #onVague: (conversation: string) => void;
  readonly #entries = new Map<string, Entry>();

  /** `onVague`: what has come is not enough to say how much is unread there; the server is to be asked. */
  constructor(me: string, onVague: (conversation: string) => void) {
    this.#me = me;
    this.#onVague = onVague;
  }

  begin(conversations: readonly Conversation[]): void {
    this.#entries.clear();
    for (const conversation of conversations) this.#put(conversation);
  }

  /** Takes in an answer of the server. False when events have told more in the meantime, so it has to be asked again. */
  take(conversation: Conversation): boolean {
    const known = this.#entries.get(conversation.id)?.line;
    if (known && (conversation.revision < known.revision || conversation.read_seq < known.read_seq)) return false;
    if (known) this.#put(conversation);
    return true;
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
        return this.#moveMarker(entry, event);
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

  /** A marker that was counted before the snapshot may be told after it, and says nothing about what came in between. */
  #moveMarker(entry: Entry, { conversation_id, read_seq, last_seq, unread }: EventOf<"read_marker.moved">): void {
    const isCountedFurther = last_seq < entry.countedTo;
    if (read_seq < entry.line.read_seq || (read_seq === entry.line.read_seq && isCountedFurther)) return;
    entry.line.read_seq = read_seq;
    if (isCountedFurther) this.#onVague(conversation_id);
    else count(entry, unread, last_seq);
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
