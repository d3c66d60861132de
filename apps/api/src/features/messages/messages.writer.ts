import type { Message } from "@confab/shared/messages";
import { type Bus, NO_BUS } from "../../core/bus.ts";
import { type Db, sql } from "../../core/db.ts";
import { AppError, isDatabaseAway, isDatabaseBusy, sqlStateOf } from "../../core/errors.ts";
import { type MessageRow, presentMessage } from "./messages.present.ts";
import { countToldAtOnce } from "./told-at-once.ts";

export interface NewMessage {
  readonly id: string;
  readonly conversation_id: string;
  readonly sender_id: string;
  readonly content: string;
  readonly sent_from_client: string;
}

/** What became of a send: `is_new` is false when the same message was stored before. */
export interface WrittenMessage {
  readonly message: Message;
  readonly member_version: number;
  readonly is_new: boolean;
}

interface Waiting {
  readonly input: NewMessage;
  readonly resolve: (written: WrittenMessage) => void;
  readonly reject: (error: unknown) => void;
  races: number;
  /** It was in a statement that failed as a whole, and is tried by itself now. */
  isAlone: boolean;
}

/** Sends per statement: past some hundreds a larger statement gains nothing, and everyone in it waits longer. */
const BATCH_MAX = 500;
/** Sends waiting before newcomers are told to come back: some seconds' work. */
const QUEUE_MAX = 10_000;
/** The same for long ones: characters of all that wait. */
const QUEUE_CHARACTERS_MAX = 8 * 1024 * 1024;
/** How often a send may lose the race for its conversation against another node before it is told to retry. */
const RACES_MAX = 50;
/** Another node stored one of the ids at the same moment (unique_violation), or PostgreSQL broke a deadlock at our cost. */
const LOST_RACE = new Set(["23505", "40P01", "40001"]);
/** Somebody held a row for longer than a statement waits for it (lock_timeout). */
const LOCKED = "55P03";
/** The database took longer than a statement may (statement_timeout): tried again, it would take as long again. */
const TOO_SLOW = "57014";

type Outcome = Partial<MessageRow> & {
  member_version: number | null;
  is_new: boolean | null;
  raced: boolean;
  archived: boolean;
  passed_over: boolean;
};

/**
 * The only way into the messages table: group commit. What arrives while a batch is being committed goes into the
 * next batch, one statement whatever its size, so the cost per message falls as load grows and an idle send waits
 * for nobody. One batch is in flight per process, so batches are announced in the order of their commits.
 */
export class MessageWriter {
  readonly #db: Db;
  readonly #announce: (written: WrittenMessage[]) => Promise<void>;
  readonly #bus: Pick<Bus, "nodeId" | "notifyChannel">;
  /** Conversations that kept a batch waiting for their lock: it is not waited for again until it has been got once. */
  readonly #stuck = new Set<string>();
  #queue: Waiting[] = [];
  #charactersWaiting = 0;
  #isWriting = false;

  /** `announce` is awaited after each commit, before the next batch: it keeps the order of delivery. */
  constructor(
    db: Db,
    announce: (written: WrittenMessage[]) => Promise<void>,
    bus: Pick<Bus, "nodeId" | "notifyChannel"> = NO_BUS,
  ) {
    this.#db = db;
    this.#announce = announce;
    this.#bus = bus;
  }

  /**
   * Stores one message and resolves after the commit. The same id again gives what is stored already.
   * Throws conversation_not_found (no member), conversation_archived, message_id_reused, server_busy, database_unavailable.
   */
  write(input: NewMessage): Promise<WrittenMessage> {
    const isFull = this.#queue.length >= QUEUE_MAX || this.#charactersWaiting >= QUEUE_CHARACTERS_MAX;
    if (isFull) return Promise.reject(new AppError("server_busy"));
    this.#charactersWaiting += input.content.length;
    return new Promise((resolve, reject) => {
      const settling = <Value>(settle: (value: Value) => void) => {
        return (value: Value) => {
          this.#charactersWaiting -= input.content.length;
          settle(value);
        };
      };
      this.#queue.push({ input, resolve: settling(resolve), reject: settling(reject), races: 0, isAlone: false });
      if (!this.#isWriting) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    while (this.#queue.length > 0) await this.#writeBatch(this.#takeBatch());
    this.#isWriting = false;
  }

  /** The next sends: of stuck conversations only, or of none, so that the one kind does not hold up the other. */
  #takeBatch(): Waiting[] {
    const taken = this.#queue.splice(0, this.#batchLength());
    if (this.#stuck.size === 0) return taken;
    const areStuck = this.#isStuck(taken[0]);
    this.#queue.unshift(...taken.filter((waiting) => this.#isStuck(waiting) !== areStuck));
    return taken.filter((waiting) => this.#isStuck(waiting) === areStuck);
  }

  #batchLength(): number {
    // Those to be tried alone are always the first in the queue: they were put back there.
    if (this.#queue[0]?.isAlone) return 1;
    return countToldAtOnce(this.#queue.slice(0, BATCH_MAX).map((waiting) => waiting.input));
  }

  #isStuck(waiting: Waiting | undefined): boolean {
    return waiting !== undefined && this.#stuck.has(waiting.input.conversation_id);
  }

  async #writeBatch(batch: Waiting[]): Promise<void> {
    const inputs = batch.map((waiting) => waiting.input);
    const waitsForLocks = !this.#isStuck(batch[0]);
    try {
      const outcomes = await writeStatement(this.#db, this.#bus, inputs, waitsForLocks);
      if (!waitsForLocks)
        for (const [index, input] of inputs.entries())
          if (!outcomes[index]?.passed_over) this.#stuck.delete(input.conversation_id);
      const created = outcomes.filter((outcome) => outcome.is_new).map(toWritten);
      this.#again(batch.filter((waiting, index) => this.#settle(waiting, outcomes[index]) === "raced"));
      if (created.length > 0) await this.#announce(uniqueById(created));
    } catch (error) {
      if (waitsForLocks && sqlStateOf(error) === LOCKED) this.#passOver(batch);
      else this.#recover(batch, error);
    }
  }

  #settle(waiting: Waiting, outcome: Outcome | undefined): "settled" | "raced" {
    if (!outcome || outcome.raced) return "raced";
    if (outcome.passed_over) waiting.reject(new AppError("server_busy"));
    else if (outcome.id === undefined || outcome.id === null)
      waiting.reject(new AppError(outcome.archived ? "conversation_archived" : "conversation_not_found"));
    else if (isReused(waiting.input, outcome)) waiting.reject(new AppError("message_id_reused"));
    else waiting.resolve(toWritten(outcome));
    return "settled";
  }

  /** One of these conversations is locked elsewhere: the next statement shows which, and stores the others' messages. */
  #passOver(batch: Waiting[]): void {
    for (const { input } of batch) this.#stuck.add(input.conversation_id);
    this.#queue.unshift(...batch);
  }

  /** Puts sends that lost a race back at the head of the queue, in their order. */
  #again(raced: Waiting[]): void {
    for (const waiting of raced) waiting.races += 1;
    for (const waiting of raced.filter(isBeaten)) waiting.reject(new AppError("server_busy"));
    this.#queue.unshift(...raced.filter((waiting) => !isBeaten(waiting)));
  }

  /**
   * A statement failed as a whole and stored nothing. A race lost to another transaction is run again. While the database
   * is away, busy or slow, who has waited for the batch to fail is told so with it: they would wait as long again. Anything
   * else is tried one by one, so that one bad row cannot take the others down with it. All of that goes by way of the
   * queue, so that nobody's later message overtakes an earlier one.
   */
  #recover(batch: Waiting[], error: unknown): void {
    const state = sqlStateOf(error) ?? "";
    if (LOST_RACE.has(state)) this.#again(batch);
    else if (isDatabaseAway(error) || isDatabaseBusy(error) || state === TOO_SLOW)
      for (const waiting of [...batch, ...this.#queue.splice(0)]) waiting.reject(error);
    else if (batch.length === 1 || state === LOCKED) for (const waiting of batch) waiting.reject(error);
    else {
      for (const waiting of batch) waiting.isAlone = true;
      this.#queue.unshift(...batch);
    }
  }
}

function isBeaten(waiting: Waiting): boolean {
  return waiting.races > RACES_MAX;
}

/** Same id, but not the same message: another sender's, or another text (an edited one is not compared any more). */
function isReused(input: NewMessage, stored: Outcome): boolean {
  if (stored.sender_id !== input.sender_id) return true;
  return stored.content !== input.content && !stored.edited_at && !stored.deleted_at;
}

function toWritten(outcome: Outcome): WrittenMessage {
  return {
    message: presentMessage(outcome as MessageRow),
    member_version: outcome.member_version ?? 0,
    is_new: outcome.is_new ?? false,
  };
}

function uniqueById(written: WrittenMessage[]): WrittenMessage[] {
  const byId = new Map(written.map((each) => [`${each.message.conversation_id} ${each.message.id}`, each]));
  return [...byId.values()].sort((a, b) => a.message.revision - b.message.revision);
}

/**
 * One statement for the whole batch. Conversations are locked in order of id (no deadlock between nodes), membership
 * is checked by joining, and seq and revision are given under the lock. The statement sees the database as of its
 * start, but gets the lock maybe later: where the conversation moved in between (`seen` is older than the lock's),
 * nothing is written and the send is `raced`, to be tried again. An archived group takes nothing new, but a repeat of
 * what was sent before still gets its answer. Without `waitsForLocks`, a conversation that somebody else has locked is
 * `passed_over`: nothing is written in it. Membership and what is stored are looked up by scalar subqueries: from joins
 * PostgreSQL expects one row, and then goes through the whole batch for each message of it. Where the bus is PostgreSQL's
 * own, the other nodes are notified by the same
 * statement: with the commit, or not at all.
 */
function writeStatement(
  db: Db,
  bus: Pick<Bus, "nodeId" | "notifyChannel">,
  inputs: NewMessage[],
  waitsForLocks: boolean,
): Promise<Outcome[]> {
  return db.$queryRaw<Outcome[]>(sql`
    WITH input AS (
      SELECT * FROM unnest(
        ${inputs.map((input) => input.id)}::uuid[], ${inputs.map((input) => input.conversation_id)}::uuid[],
        ${inputs.map((input) => input.sender_id)}::uuid[], ${inputs.map((input) => input.content)}::text[],
        ${inputs.map((input) => input.sent_from_client)}::timestamptz[]
      ) WITH ORDINALITY AS t(id, conversation_id, sender_id, content, sent_from_client, n)
    ), locked AS MATERIALIZED (
      SELECT id, last_seq, revision, member_version, archived_at FROM conversations
       WHERE id IN (SELECT conversation_id FROM input) ORDER BY id
         FOR NO KEY UPDATE ${waitsForLocks ? sql`` : sql`SKIP LOCKED`}
    ), head AS MATERIALIZED (
      SELECT l.*, (SELECT seen.revision FROM conversations seen WHERE seen.id = l.id) <> l.revision AS raced FROM locked l
    ), allowed AS MATERIALIZED (
      SELECT i.*, h.last_seq, h.revision, h.archived_at,
             (SELECT m.seq FROM messages m WHERE m.conversation_id = i.conversation_id AND m.id = i.id) AS stored_seq
        FROM input i JOIN head h ON h.id = i.conversation_id
       WHERE NOT h.raced
         AND (SELECT true FROM conversation_members m WHERE m.conversation_id = i.conversation_id AND m.user_id = i.sender_id)
    ), numbered AS MATERIALIZED (
      SELECT f.*, row_number() OVER (PARTITION BY conversation_id ORDER BY n)::int AS k
        FROM (
          SELECT DISTINCT ON (conversation_id, id) * FROM allowed
           WHERE stored_seq IS NULL AND archived_at IS NULL ORDER BY conversation_id, id, n
        ) f
    ), created AS MATERIALIZED (
      SELECT id, conversation_id, last_seq + k AS seq, revision + k AS revision, sender_id, content,
             sent_from_client::timestamptz(3) AS sent_from_client, now()::timestamptz(3) AS sent_from_server FROM numbered
    ), inserted AS (
      INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client, sent_from_server)
      SELECT * FROM created
    ), moved AS (
      UPDATE conversations c SET last_seq = c.last_seq + t.k, revision = c.revision + t.k
        FROM (SELECT conversation_id, count(*)::int AS k FROM numbered GROUP BY 1) t
       WHERE c.id = t.conversation_id
    ), own AS (
      UPDATE conversation_members m SET uncounted = m.uncounted + t.k
        FROM (SELECT conversation_id, sender_id, count(*)::int AS k FROM numbered GROUP BY 1, 2) t
       WHERE m.conversation_id = t.conversation_id AND m.user_id = t.sender_id
    ), notified AS MATERIALIZED (
      SELECT pg_notify(${bus.notifyChannel}::text, ${`${bus.nodeId} 0 1/1 `}::text || json_build_object(
               'type', 'moved', 'conversation_id', h.id, 'member_version', h.member_version,
               'after_revision', h.revision, 'revision', h.revision + t.k)::text)
        FROM head h JOIN (SELECT conversation_id, count(*) AS k FROM numbered GROUP BY 1) t ON t.conversation_id = h.id
       WHERE ${bus.notifyChannel}::text IS NOT NULL
    ), outcome AS (
      SELECT *, NULL::timestamptz AS edited_at, NULL::timestamptz AS deleted_at, true AS is_new FROM created
      UNION ALL
      SELECT m.id, m.conversation_id, m.seq, m.revision, m.sender_id, m.content, m.sent_from_client, m.sent_from_server,
             m.edited_at, m.deleted_at, false
        FROM (SELECT DISTINCT conversation_id, stored_seq FROM allowed WHERE stored_seq IS NOT NULL) a
        JOIN messages m ON m.conversation_id = a.conversation_id AND m.seq = a.stored_seq
    )
    SELECT x.*, u.username AS sender_username, u.role AS sender_role, h.member_version,
           coalesce(h.raced, false) AS raced, a.archived_at IS NOT NULL AS archived,
           NOT ${waitsForLocks}::boolean AND h.id IS NULL
             AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = i.conversation_id) AS passed_over,
           (SELECT count(*) FROM notified) AS notified
      FROM input i
      LEFT JOIN head h ON h.id = i.conversation_id
      LEFT JOIN allowed a ON a.n = i.n
      LEFT JOIN outcome x ON x.conversation_id = a.conversation_id AND x.id = a.id
      LEFT JOIN users u ON u.id = x.sender_id
     ORDER BY i.n`);
}
