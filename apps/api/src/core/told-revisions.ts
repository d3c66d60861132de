import type { Event } from "@confab/shared/events";

interface Told {
  /** Everything up to this revision has been told to the members connected here, or was in their snapshot. */
  upTo: number;
  /** Told, too, but something before them was not. */
  readonly beyond: Set<number>;
}

/**
 * Up to which revision each conversation's changes have been told to the people connected to this node. The database
 * knows how far it really is: the difference is what another node did and this one has not heard of.
 */
export class ToldRevisions {
  readonly #told = new Map<string, Told>();
  /** How often `startAt` was called; tells whether somebody connected in between. */
  starts = 0;

  /** Undefined: none of its members is connected here, as far as is known. */
  upTo(conversationId: string): number | undefined {
    return this.#told.get(conversationId)?.upTo;
  }

  conversationIds(): Iterable<string> {
    return this.#told.keys();
  }

  isTold(conversationId: string, revision: number): boolean {
    const told = this.#told.get(conversationId);
    return told !== undefined && (revision <= told.upTo || told.beyond.has(revision));
  }

  /** Where telling starts, if it has not: somebody's snapshot has everything up to there. */
  startAt(conversationId: string, revision: number): void {
    this.starts += 1;
    if (!this.#told.has(conversationId)) this.#told.set(conversationId, { upTo: revision, beyond: new Set() });
  }

  /** Nothing up to this revision needs to be told any more. */
  skipTo(conversationId: string, revision: number): void {
    const told = this.#told.get(conversationId);
    if (!told || told.upTo >= revision) return;
    told.upTo = revision;
    for (const each of told.beyond) if (each <= revision) told.beyond.delete(each);
    join(told);
  }

  /**
   * Notes that an event went out; most carry the revision of their conversation. Where telling has not started there is
   * nothing to note: a snapshot that is just being read may be older, and what it lacks has to be found missing.
   */
  note(event: Event): void {
    const [conversationId, revision] = changeIn(event);
    if (conversationId === null) return;
    const told = this.#told.get(conversationId);
    if (!told) return;
    // Nearly always in order; a set that is filled and emptied for each change would be made anew all the time.
    if (revision === told.upTo + 1) told.upTo = revision;
    else if (revision > told.upTo) told.beyond.add(revision);
    join(told);
  }

  forget(conversationId: string): void {
    this.#told.delete(conversationId);
  }
}

function join(told: Told): void {
  while (told.beyond.delete(told.upTo + 1)) told.upTo += 1;
}

function changeIn(event: Event): [conversationId: string, revision: number] | [null, null] {
  switch (event.type) {
    case "message.created":
    case "message.updated":
      return [event.message.conversation_id, event.message.revision];
    case "conversation.updated":
    case "member.added":
    case "member.removed":
    case "member.updated":
      return [event.conversation_id, event.revision];
    default:
      return [null, null];
  }
}
