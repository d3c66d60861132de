import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "@confab/shared/messages";
import { NO_BUS } from "../../core/bus.ts";
import { type Ask, sql, toList } from "../../core/db.ts";
import { Elsewhere } from "../../core/elsewhere.ts";
import { AppError, isDatabaseAway, isDatabaseBusy, isTooSlow, sqlStateOf } from "../../core/errors.ts";
import type { Hub } from "../../core/hub.ts";
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

type OtherNodes = Pick<Hub, "bus" | "elsewhere">;
const NO_OTHERS: OtherNodes = { bus: NO_BUS, elsewhere: new Elsewhere() };

/** Sends per statement: past some hundreds a larger statement gains nothing, and everyone in it waits longer. */
const BATCH_MAX = 500;
/** From the begin of a batch of several to that of the next: what a statement costs, whatever its size, is shared by more. */
const BATCH_EVERY_MS = 10;
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

/** What became of one send; the message is only meant where it is `created` now or was `stored` before. */
type Outcome = MessageRow & {
  member_version: number;
  outcome: "created" | "stored" | "raced" | "archived" | "passed_over" | "not_found";
};

/**
 * The only way into the messages table: group commit. What arrives while a batch is being committed goes into the
 * next batch, one statement whatever its size, so the cost per message falls as load grows. While several come together
 * batches are paced; a send by itself waits for nobody. One batch is in flight per process, so batches are announced in
 * the order of their commits.
 */
export class MessageWriter {
  readonly #ask: Ask;
  readonly #announce: (written: WrittenMessage[]) => Promise<void>;
  readonly #nodes: OtherNodes;
  /** Conversations that kept a batch waiting for their lock: it is not waited for again until it has been got once. */
  readonly #stuck = new Set<string>();
  #queue: Waiting[] = [];
  #charactersWaiting = 0;
  #isWriting = false;

  /** `announce` is awaited after each commit, before the next batch: it keeps the order of delivery. */
  constructor(ask: Ask, announce: (written: WrittenMessage[]) => Promise<void>, nodes: OtherNodes = NO_OTHERS) {
    this.#ask = ask;
    this.#announce = announce;
    this.#nodes = nodes;
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
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      // Where more than a batch is waiting, the next has nothing to wait for.
      const isPaced = batch.length > 1 && this.#queue.length === 0;
      await Promise.all([this.#writeBatch(batch), isPaced ? delay(BATCH_EVERY_MS) : null]);
    }
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
      const outcomes = await writeStatement(this.#ask, this.#nodes, inputs, waitsForLocks);
      if (!waitsForLocks)
        for (const [index, input] of inputs.entries())
          if (outcomes[index]?.outcome !== "passed_over") this.#stuck.delete(input.conversation_id);
      const created = outcomes.filter(({ outcome }) => outcome === "created").map(toWritten);
      this.#again(batch.filter((waiting, index) => this.#settle(waiting, outcomes[index]) === "raced"));
      if (created.length > 0) await this.#announce(created);
    } catch (error) {
      if (waitsForLocks && sqlStateOf(error) === LOCKED) this.#passOver(batch);
      else this.#recover(batch, error);
    }
  }

  #settle(waiting: Waiting, row: Outcome | undefined): "settled" | "raced" {
    if (!row || row.outcome === "raced") return "raced";
    if (row.outcome === "passed_over") waiting.reject(new AppError("server_busy"));
    else if (row.outcome === "archived") waiting.reject(new AppError("conversation_archived"));
    else if (row.outcome === "not_found") waiting.reject(new AppError("conversation_not_found"));
    else if (isReused(waiting.input, row)) waiting.reject(new AppError("message_id_reused"));
    else waiting.resolve(toWritten(row));
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
    else if (isDatabaseAway(error) || isDatabaseBusy(error) || isTooSlow(error))
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

/**
 * Where the statement tells the other nodes of it: nowhere while this node hears that there are none. One that has just
 * come and is not heard of yet finds the change when it looks at the database.
 */
function channelTo({ bus, elsewhere }: OtherNodes): string | null {
  return bus.isConnected && elsewhere.nodeCount === 0 ? null : bus.notifyChannel;
}

/** Same id, but not the same message: another sender's, or another text (an edited one is not compared any more). */
function isReused(input: NewMessage, stored: Outcome): boolean {
  if (stored.sender_id !== input.sender_id) return true;
  return stored.content !== input.content && !stored.edited_at && !stored.deleted_at;
}

function toWritten(row: Outcome): WrittenMessage {
  return { message: presentMessage(row), member_version: row.member_version, is_new: row.outcome === "created" };
}

/**
 * One statement for the whole batch. Conversations are locked in order of id (no deadlock between nodes), and seq and
 * revision are given under the lock. The statement sees the database as of its start, but gets the lock maybe later: where
 * the conversation moved in between (`seen` is older than the lock's), nothing is written and the send is `raced`, to be
 * tried again. An archived group takes nothing new, but a repeat of what was sent before still gets its answer. Without
 * `waitsForLocks`, a conversation that somebody else has locked is `passed_over`: nothing is written in it. An id that
 * comes more than once in the batch is stored once, as it came first, and all of them get that message. What is known of a
 * message goes from step to step in one row: a join of the steps, of whose size PostgreSQL knows nothing, would go
 * through the whole batch for each message of it; OFFSET 0 keeps a look into a table from becoming a join with all of it.
 * Where the bus is PostgreSQL's own, the other nodes are notified by the same statement: with the commit, or not at all.
 */
function writeStatement(ask: Ask, nodes: OtherNodes, inputs: NewMessage[], waitsForLocks: boolean): Promise<Outcome[]> {
  const channel = channelTo(nodes);
  return ask<Outcome>(sql`
    WITH input AS (
      SELECT * FROM unnest(
        ${toList(inputs.map((input) => input.id))}::uuid[], ${toList(inputs.map((input) => input.conversation_id))}::uuid[],
        ${toList(inputs.map((input) => input.sender_id))}::uuid[], ${inputs.map((input) => input.content)}::text[],
        ${inputs.map((input) => input.sent_from_client)}::timestamptz[]
      ) WITH ORDINALITY AS t(id, conversation_id, sender_id, content, sent_from_client, n)
    ), locked AS MATERIALIZED (
      SELECT id, last_seq, revision, member_version, archived_at IS NOT NULL AS archived FROM conversations
       WHERE id = ANY(${toList(new Set(inputs.map((input) => input.conversation_id)))}::uuid[]) ORDER BY id
         FOR NO KEY UPDATE ${waitsForLocks ? sql`` : sql`SKIP LOCKED`}
    ), found AS MATERIALIZED (
      SELECT i.*, l.last_seq, l.revision, l.member_version, l.archived, l.id IS NOT NULL AS got,
             (SELECT seen.revision FROM conversations seen WHERE seen.id = l.id) <> l.revision AS raced,
             (SELECT true FROM conversation_members m
               WHERE m.conversation_id = i.conversation_id AND m.user_id = i.sender_id) AS allowed,
             (SELECT m.seq FROM messages m WHERE m.conversation_id = i.conversation_id AND m.id = i.id) AS stored_seq
        FROM input i LEFT JOIN locked l ON l.id = i.conversation_id
    ), judged AS (
      SELECT *, (allowed AND NOT raced AND NOT archived AND stored_seq IS NULL) IS TRUE AS accepted FROM found
    ), paired AS (
      SELECT *, first_value(n) OVER same AS first_n, first_value(sender_id) OVER same AS first_sender_id,
             first_value(content) OVER same AS first_content, first_value(sent_from_client) OVER same AS first_sent
        FROM judged WINDOW same AS (PARTITION BY conversation_id, accepted, id ORDER BY n)
    ), numbered AS MATERIALIZED (
      SELECT *, accepted AND n = first_n AS is_new,
             (count(*) FILTER (WHERE n = first_n) OVER (PARTITION BY conversation_id, accepted ORDER BY first_n))::int AS k
        FROM paired
    ), created AS (
      INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client, sent_from_server)
      SELECT id, conversation_id, last_seq + k, revision + k, sender_id, content, sent_from_client, now()
        FROM numbered WHERE is_new
    ), moved AS (
      UPDATE conversations c SET last_seq = c.last_seq + t.k, revision = c.revision + t.k
        FROM (SELECT conversation_id, max(k) AS k FROM numbered WHERE is_new GROUP BY 1) t
       WHERE c.id = t.conversation_id
    ), own AS (
      UPDATE conversation_members m SET uncounted = m.uncounted + t.k
        FROM (SELECT conversation_id, sender_id, count(*)::int AS k FROM numbered WHERE is_new GROUP BY 1, 2) t
       WHERE m.conversation_id = t.conversation_id AND m.user_id = t.sender_id
    ), notified AS MATERIALIZED (
      SELECT pg_notify(${channel}::text, ${`${nodes.bus.nodeId} 0 1/1 `}::text || json_build_object(
               'type', 'moved', 'conversation_id', conversation_id, 'member_version', max(member_version),
               'after_revision', max(revision), 'revision', max(revision + k))::text)
        FROM numbered WHERE is_new AND ${channel}::text IS NOT NULL GROUP BY conversation_id
    )
    SELECT x.id, x.conversation_id, coalesce(m.seq, x.last_seq + x.k) AS seq, coalesce(m.revision, x.revision + x.k) AS revision,
           u.id AS sender_id, u.username AS sender_username, u.role AS sender_role, coalesce(m.content, x.first_content) AS content,
           coalesce(m.sent_from_client, x.first_sent::timestamptz(3)) AS sent_from_client,
           coalesce(m.sent_from_server, now()::timestamptz(3)) AS sent_from_server, m.edited_at, m.deleted_at, x.member_version,
           CASE WHEN x.raced THEN 'raced'
                WHEN NOT ${waitsForLocks}::boolean AND NOT x.got
                     AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = x.conversation_id) THEN 'passed_over'
                WHEN NOT x.got THEN 'not_found'
                WHEN x.is_new THEN 'created'
                WHEN x.accepted OR x.allowed AND x.stored_seq IS NOT NULL THEN 'stored'
                WHEN x.allowed AND x.archived THEN 'archived'
                ELSE 'not_found' END AS outcome,
           (SELECT count(*) FROM notified) AS notified
      FROM numbered x
      LEFT JOIN LATERAL (
        SELECT * FROM messages m WHERE m.conversation_id = x.conversation_id AND m.seq = x.stored_seq OFFSET 0
      ) m ON true
      LEFT JOIN LATERAL (SELECT * FROM users u WHERE u.id = coalesce(m.sender_id, x.first_sender_id) OFFSET 0) u ON true
     ORDER BY x.n`);
}
