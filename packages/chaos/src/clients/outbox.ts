import { setTimeout as delay } from "node:timers/promises";
import { statusOf } from "@confab/shared/errors";
import type { EventOf } from "@confab/shared/events";
import type { Random } from "../random.ts";
import { isRefusal } from "./http.ts";

/** A live socket that has not answered by then has probably lost it: ask over HTTP. */
const ACK_PATIENCE_MS = 6_000;
const RETRY_BASE_MS = 150;
const RETRY_MAX_MS = 1_500;
/** How often a client with a live socket uses HTTP all the same, and how many messages it says at once on the socket. */
const HTTP_SHARE = 0.3;
const BURST_MAX = 4;

export interface Outgoing {
  readonly conversation: string;
  readonly id: string;
  readonly content: string;
}

type Outcome = { kind: "ok"; seq: number } | { kind: "fail" | "unknown"; code: string };

export interface OutboxHandlers {
  /** Says it on the socket; the connection's number, or null when there is none. */
  say(message: Outgoing): number | null;
  /** Throws when there is no answer. */
  post(message: Outgoing): Promise<{ status: number; body: { message?: { seq: number }; code?: string } }>;
  onTry(message: Outgoing, by: "socket" | "http", connection: number): void;
  onOutcome(message: Outgoing, outcome: Outcome): void;
}

/**
 * Sends what is put into it until the server has stored or refused it, each conversation's in its order, always with the
 * same id. On the socket several are said at once; those left without an answer are asked for one by one.
 */
export class Outbox {
  readonly #handlers: OutboxHandlers;
  readonly #random: Random;
  readonly #queues = new Map<string, Outgoing[]>();
  readonly #answers = new Map<string, (outcome: Outcome) => void>();
  #isStopped = false;
  #open = 0;

  constructor(random: Random, handlers: OutboxHandlers) {
    this.#random = random;
    this.#handlers = handlers;
  }

  /** How many messages have no answer yet. */
  get open(): number {
    return this.#open;
  }

  stop(): void {
    this.#isStopped = true;
    this.interrupt();
  }

  put(conversation: string, messages: readonly Outgoing[]): void {
    this.#open += messages.length;
    const queue = this.#queues.get(conversation);
    if (queue) queue.push(...messages);
    else {
      this.#queues.set(conversation, [...messages]);
      void this.#drain(conversation);
    }
  }

  hearAck({ message }: EventOf<"message.acked">): void {
    this.#answers.get(message.id)?.({ kind: "ok", seq: message.seq });
  }

  hearError({ id, code }: EventOf<"error">): void {
    if (id !== null) this.#answers.get(id)?.({ kind: isRefusal(statusOf(code)) ? "fail" : "unknown", code });
  }

  /** The socket is gone: nobody knows what became of what was said on it. */
  interrupt(): void {
    for (const answer of this.#answers.values()) answer({ kind: "unknown", code: "connection_lost" });
  }

  async #drain(conversation: string): Promise<void> {
    const queue = this.#queues.get(conversation) ?? [];
    while (queue.length > 0 && !this.#isStopped) {
      const bySocket = !this.#random.chance(HTTP_SHARE);
      const burst = queue.splice(0, bySocket ? this.#random.whole(1, BURST_MAX) : 1);
      const isSettled = await Promise.all(burst.map((message) => this.#try(message, bySocket)));
      for (const message of burst.filter((_, index) => !isSettled[index])) await this.#insist(message);
    }
    this.#queues.delete(conversation);
  }

  async #insist(message: Outgoing): Promise<void> {
    let isSettled = false;
    for (let ms = RETRY_BASE_MS; !isSettled && !this.#isStopped; ms = Math.min(RETRY_MAX_MS, ms * 2)) {
      await delay(ms * this.#random.between(0.5, 1));
      isSettled = await this.#try(message, this.#random.chance(0.5));
    }
  }

  /** True when the message has its answer. */
  async #try(message: Outgoing, bySocket: boolean): Promise<boolean> {
    const outcome = (bySocket ? await this.#say(message) : null) ?? (await this.#post(message));
    this.#handlers.onOutcome(message, outcome);
    if (outcome.kind !== "unknown") this.#open -= 1;
    return outcome.kind !== "unknown";
  }

  async #say(message: Outgoing): Promise<Outcome | null> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#answers.set(message.id, resolve);
    const timer = setTimeout(() => resolve({ kind: "unknown", code: "no_answer" }), ACK_PATIENCE_MS);
    const connection = this.#handlers.say(message);
    const outcome = connection === null ? null : await promise;
    clearTimeout(timer);
    this.#answers.delete(message.id);
    return outcome;
  }

  async #post(message: Outgoing): Promise<Outcome> {
    this.#handlers.onTry(message, "http", 0);
    try {
      const { status, body } = await this.#handlers.post(message);
      // A problem has a message, too: a sentence.
      if (status < 300 && body.message) return { kind: "ok", seq: body.message.seq };
      return { kind: isRefusal(status) ? "fail" : "unknown", code: body.code ?? `status_${status}` };
    } catch (error) {
      return { kind: "unknown", code: error instanceof Error ? error.name : "no_answer" };
    }
  }
}
