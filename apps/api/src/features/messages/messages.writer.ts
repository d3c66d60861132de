import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "@confab/shared/messages";
import { NO_BUS } from "../../core/bus.ts";
import type { Ask } from "../../core/db.ts";
import { Elsewhere } from "../../core/elsewhere.ts";
import { AppError, isDatabaseAway, isDatabaseBusy, isTooSlow, sqlStateOf } from "../../core/errors.ts";
import { presentMessage } from "./messages.present.ts";
import { countToldAtOnce } from "./told-at-once.ts";
import { type NewMessage, type OtherNodes, type Outcome, writeStatement } from "./write-statement.ts";

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
    const next = this.#queue.slice(0, BATCH_MAX).map((waiting) => waiting.input);
    return countToldAtOnce(next.slice(0, countBeforeRepeat(next)));
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

/** How many come before an id that is among them: who sent it again gets what was stored for the first, from the next batch. */
function countBeforeRepeat(inputs: readonly NewMessage[]): number {
  const ids = new Set<string>();
  for (const { id } of inputs) {
    if (ids.has(id)) break;
    ids.add(id);
  }
  return ids.size;
}

function isBeaten(waiting: Waiting): boolean {
  return waiting.races > RACES_MAX;
}

/** Same id, but not the same message: another sender's, or another text (an edited one is not compared any more). */
function isReused(input: NewMessage, stored: Outcome): boolean {
  if (stored.sender_id !== input.sender_id) return true;
  return stored.content !== input.content && !stored.edited_at && !stored.deleted_at;
}

function toWritten(row: Outcome): WrittenMessage {
  return { message: presentMessage(row), member_version: row.member_version, is_new: row.outcome === "created" };
}
