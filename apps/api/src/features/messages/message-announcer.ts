import type { Event } from "@confab/shared/events";
import { CHANGES_PAGE_MAX } from "@confab/shared/limits";
import type { Message } from "@confab/shared/messages";
import { announce } from "../../core/announce.ts";
import type { Audience } from "../../core/audience.ts";
import type { Move } from "../../core/bus.ts";
import type { Deps } from "../../core/deps.ts";
import { joinQuestions } from "../../core/join-questions.ts";
import type { Audiences } from "../members/audiences.ts";
import { type Changes, listChangedMessages } from "./messages.pages.ts";
import type { WrittenMessage } from "./messages.writer.ts";
import { countToldAtOnce } from "./told-at-once.ts";

type AnnouncerDeps = Pick<Deps, "db" | "hub" | "log"> & { audiences: Audiences };

/** At most so many conversations' changes are read in one statement: there may be hundreds in each. */
const AT_ONCE = 50;

/** Another node tells of a whole batch at once, in whatever conversations. */
const findChanged = joinQuestions<Changes, Message[]>(AT_ONCE, (tx, asked) =>
  listChangedMessages(tx, asked, CHANGES_PAGE_MAX),
);

/**
 * Announces messages to the people connected to this node, each conversation's in the order of its revisions, whichever
 * node has committed them: one at a time for a conversation, and what another node did in between is read first.
 */
export class MessageAnnouncer {
  readonly #deps: AnnouncerDeps;
  /** The end of each conversation's turns. */
  readonly #turns = new Map<string, Promise<void>>();
  /** Moves whose turn has not come; further ones are joined to them. */
  readonly #moves = new Map<string, Move>();

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  /** Announces a batch this node has committed: all frames of one conversation are one buffer. */
  async announceCommitted(batch: WrittenMessage[]): Promise<void> {
    const byConversation = Map.groupBy(batch, (each) => each.message.conversation_id);
    await Promise.all(
      Array.from(byConversation, ([id, written]) => this.#inTurn(id, () => this.#announceWritten(id, written))),
    );
  }

  /** Announces what another node has committed. Resolves when it, and what came before it, is told. */
  announceMoved(move: Move): Promise<void> {
    const id = move.conversation_id;
    const waiting = this.#moves.get(id);
    this.#moves.set(id, waiting ? joined(waiting, move) : move);
    if (waiting) return this.#turns.get(id) ?? Promise.resolve();
    return this.#inTurn(id, async () => {
      const all = this.#moves.get(id) ?? move;
      this.#moves.delete(id);
      await this.#announceMove(all);
    });
  }

  #inTurn(conversationId: string, act: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(conversationId) ?? Promise.resolve();
    const turn = before.then(() => announce(this.#deps.log, act));
    this.#turns.set(conversationId, turn);
    return turn.then(() => {
      if (this.#turns.get(conversationId) === turn) this.#turns.delete(conversationId);
    });
  }

  async #announceWritten(conversationId: string, written: WrittenMessage[]): Promise<void> {
    const { hub, audiences } = this.#deps;
    const after_revision = (written[0]?.message.revision ?? 1) - 1;
    const revision = after_revision + written.length;
    const member_version = Math.max(...written.map((each) => each.member_version));
    if (hub.bus.notifyChannel === null)
      hub.bus.send({ type: "moved", conversation_id: conversationId, after_revision, revision, member_version });
    const audience = await audiences.of(conversationId, member_version);
    await this.#tellUpTo(conversationId, after_revision, audience);
    this.#tell(
      audience,
      written.map((each) => each.message),
    );
  }

  async #announceMove({ conversation_id: id, after_revision, revision, member_version }: Move): Promise<void> {
    const { hub, audiences } = this.#deps;
    if ((hub.told.upTo(id) ?? 0) >= revision) return;
    const audience = await audiences.of(id, member_version);
    // Whoever connects from now on has it in the snapshot.
    if (!hub.hasAnyHere(audience.userIds)) return hub.told.skipTo(id, revision);
    hub.told.startAt(id, after_revision);
    await this.#tellUpTo(id, revision, audience);
  }

  /** Reads and tells what lies between what was told last and this revision, if anything does. */
  async #tellUpTo(id: string, revision: number, audience: Audience): Promise<void> {
    const { hub, db } = this.#deps;
    const upTo = hub.told.upTo(id);
    if (upTo === undefined || upTo >= revision) return;
    // Of very much only the end is told: clients see the gap and catch up at their own pace.
    hub.told.skipTo(id, revision - CHANGES_PAGE_MAX);
    const after_revision = hub.told.upTo(id) ?? revision;
    const changed = await findChanged(db, { conversation_id: id, after_revision, revision });
    const newest = changed.slice(-countToldAtOnce(changed.toReversed()));
    if (newest[0] && newest.length < changed.length) hub.told.skipTo(id, newest[0].revision - 1);
    this.#tell(audience, newest);
  }

  #tell(audience: Audience, messages: readonly Message[]): void {
    const { told } = this.#deps.hub;
    const news = messages.filter((message) => !told.isTold(message.conversation_id, message.revision));
    if (news.length > 0) this.#deps.hub.publishHere(audience, news.map(eventOf));
  }
}

function eventOf(message: Message): Event {
  const isCreated = message.edited_at === null && message.deleted_at === null;
  return { type: isCreated ? "message.created" : "message.updated", message };
}

function joined(one: Move, other: Move): Move {
  return {
    conversation_id: one.conversation_id,
    after_revision: Math.min(one.after_revision, other.after_revision),
    revision: Math.max(one.revision, other.revision),
    member_version: Math.max(one.member_version, other.member_version),
  };
}
