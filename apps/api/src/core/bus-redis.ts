import { newId } from "@confab/shared/ids";
import { Redis } from "ioredis";
import { type Bus, type BusListener, type BusMessage, isMissed } from "./bus.ts";
import type { Log } from "./deps.ts";

const CHANNEL = "confab";
const RETRY_STEP_MS = 50;
const RETRY_MAX_MS = 2_000;
const START_TIMEOUT_MS = 2_000;
/** A Redis that does not answer is away; nothing waits for it. */
const COMMAND_TIMEOUT_MS = 2_000;

/** The bus by Redis, for loads at which PostgreSQL's NOTIFY would hold up the commits. `<node> <message as JSON>`. */
export class RedisBus implements Bus {
  readonly nodeId = newId();
  readonly notifyChannel = null;
  readonly #log: Log;
  readonly #speaker: Redis;
  readonly #ear: Redis;
  readonly #inFlight = new Set<Promise<void>>();
  #listener: BusListener | null = null;
  #isListening = false;
  #hasMissed = false;
  #isClosed = false;

  constructor(url: string, log: Log) {
    this.#log = log;
    const options = {
      lazyConnect: true,
      // What cannot be said now is worth nothing later.
      enableOfflineQueue: false,
      autoResubscribe: false,
      connectTimeout: COMMAND_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      keepAlive: 10_000,
      retryStrategy: (attempt: number) => Math.min(attempt * RETRY_STEP_MS, RETRY_MAX_MS),
    };
    this.#speaker = new Redis(url, options);
    this.#ear = new Redis(url, options);
    for (const connection of [this.#speaker, this.#ear])
      connection.on("error", (error) => log.debug({ err: error }, "the bus cannot be reached"));
  }

  get isConnected(): boolean {
    return this.#isListening && this.#speaker.status === "ready";
  }

  async start(listener: BusListener): Promise<void> {
    this.#listener = listener;
    this.#ear.on("message", (_channel, text) => this.#hear(text));
    this.#ear.on("close", () => this.#lose());
    const begun = Promise.withResolvers<void>();
    let wasLost = false;
    const listen = async () => {
      try {
        await this.#ear.subscribe(CHANNEL);
        this.#isListening = true;
        if (wasLost) listener.onGap();
        begun.resolve();
      } catch (error) {
        this.#log.warn({ err: error }, "the other nodes cannot be listened to; it is tried again");
        this.#ear.disconnect(true);
      }
    };
    this.#ear.on("ready", () => void listen());
    this.#ear.on("close", () => {
      wasLost = true;
    });
    const timer = setTimeout(() => begun.resolve(), START_TIMEOUT_MS);
    for (const connection of [this.#speaker, this.#ear]) connection.connect().catch(() => undefined);
    await begun.promise;
    clearTimeout(timer);
  }

  send(message: BusMessage): void {
    if (this.#isClosed) return;
    if (this.#speaker.status !== "ready") {
      this.#hasMissed ||= isMissed(message);
      return;
    }
    const said = this.#say(message).finally(() => this.#inFlight.delete(said));
    this.#inFlight.add(said);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#inFlight);
    for (const connection of [this.#speaker, this.#ear]) connection.disconnect();
  }

  async #say(message: BusMessage): Promise<void> {
    try {
      await this.#speaker.publish(CHANNEL, `${this.nodeId} ${JSON.stringify(message)}`);
    } catch {
      this.#hasMissed ||= isMissed(message);
      return;
    }
    if (!this.#hasMissed) return;
    this.#hasMissed = false;
    this.send({ type: "missed" });
  }

  #lose(): void {
    if (this.#isListening && !this.#isClosed)
      this.#log.warn({}, "the connection to the other nodes is lost; it is tried again");
    this.#isListening = false;
  }

  #hear(text: string): void {
    const from = text.slice(0, this.nodeId.length);
    if (from === this.nodeId) return;
    try {
      this.#listener?.onMessage(from, JSON.parse(text.slice(from.length)));
    } catch (error) {
      this.#log.error({ err: error }, "a message of another node could not be heeded");
    }
  }
}
