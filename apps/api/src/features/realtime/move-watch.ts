import { announce } from "../../core/announce.ts";
import type { Audience } from "../../core/audience.ts";
import { ask, sql, toList } from "../../core/db.ts";
import { showConversation } from "../conversations/conversations.service.ts";
import type { RealtimeDeps } from "./commands.ts";

/** How late a change is told whose hint was lost. */
const EVERY_MS = 2_000;
/**
 * A node that has never heard of another finds only what it could not announce itself, because its database was away: when
 * the bus by that database is back, it looks at once. A look asks about everybody who is connected.
 */
const EVERY_MS_ALONE = 60_000;

interface Head {
  id: string;
  revision: number;
  member_version: number;
}

export interface MoveWatch {
  lookNow(): Promise<void>;
  stop(): void;
}

/**
 * The second line behind the bus: compares how far the conversations of the connected people are with how far they have
 * been told here, and tells the rest. Whatever was lost on the way (a hint, a bus, a node between commit and word) is
 * late by one look for messages, and by two for changes of the conversation itself, which may still be on their way.
 */
export function watchMoves(deps: RealtimeDeps): MoveWatch {
  const { hub, audiences, announcer, db, log } = deps;
  /** What was still behind after the last look, and who was in it before this node heard of the reason. */
  let stuck = new Map<string, { upTo: number | undefined; audience: Audience | undefined }>();
  /** Conversations that nobody connected here was in at the last look, although somebody had been. */
  let suspected = new Set<string>();
  let looking: Promise<void> | null = null;
  let lookedAt = performance.now();

  const isLate = ({ id, revision }: Head) => (hub.told.upTo(id) ?? -1) < revision;

  async function look(): Promise<void> {
    const startsBefore = hub.told.starts;
    const heads = await ask<Head>(
      db,
      sql`
      SELECT id, revision, member_version FROM conversations
       WHERE id IN (SELECT conversation_id FROM conversation_members WHERE user_id = ANY(${toList(hub.userIdsHere())}::uuid[]))`,
    );
    const late = heads.filter(isLate);
    const audiencesBefore = new Map(late.map(({ id }) => [id, audiences.known(id)]));
    await Promise.all(late.map(tell));
    const audienceOf = (id: string) => stuck.get(id)?.audience ?? audiencesBefore.get(id);
    stuck = new Map(late.filter(isLate).map(({ id }) => [id, { upTo: hub.told.upTo(id), audience: audienceOf(id) }]));
    // Whoever connected during the look relies on what is noted.
    if (hub.told.starts === startsBefore) await forgetOthers(new Set(heads.map(({ id }) => id)));
  }

  async function tell(head: Head): Promise<void> {
    const last = stuck.get(head.id);
    const upTo = hub.told.upTo(head.id);
    if (last && last.upTo === upTo) await announce(log, () => tellAnew(head, last.audience));
    else if (upTo !== undefined)
      await announcer.announceMoved({ ...head, conversation_id: head.id, after_revision: upTo });
  }

  /** What has no row of its own, like who came in: its members are shown the conversation as it is now. */
  async function tellAnew({ id, revision }: Head, before: Audience | undefined): Promise<void> {
    const audience = await (before ? tellLeft(id, before) : audiences.of(id));
    hub.told.skipTo(id, revision);
    await showConversation(deps, id, audience);
  }

  /** Conversations none of whose members is connected here any more, or is a member any more without having been told. */
  async function forgetOthers(still: ReadonlySet<string>): Promise<void> {
    const suspectedBefore = suspected;
    suspected = new Set();
    for (const id of [...hub.told.conversationIds()].filter((each) => !still.has(each))) {
      const before = audiences.known(id);
      const mayBeLeft = before !== undefined && hub.hasAnyHere(before.userIds);
      if (mayBeLeft && !suspectedBefore.has(id)) suspected.add(id);
      else hub.told.forget(id);
      if (mayBeLeft && suspectedBefore.has(id)) await announce(log, async () => void (await tellLeft(id, before)));
    }
  }

  async function tellLeft(id: string, before: Audience): Promise<Audience> {
    const audience = await audiences.of(id);
    const { memberVersion: member_version } = audience;
    hub.publishHere(before.without(audience), [{ type: "conversation.left", conversation_id: id, member_version }]);
    return audience;
  }

  function lookNow(): Promise<void> {
    lookedAt = performance.now();
    looking ??= look()
      // While the database is away nothing moves; the next look finds what was missed.
      .catch((error: unknown) => log.warn({ err: error }, "conversations could not be compared"))
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  function lookInTime(): void {
    const isAlone = hub.bus.isConnected && !hub.elsewhere.hasEverBeen;
    if (!isAlone || performance.now() - lookedAt >= EVERY_MS_ALONE) void lookNow();
  }

  const timer = setInterval(lookInTime, EVERY_MS);
  return { lookNow, stop: () => clearInterval(timer) };
}
