import { newId } from "@confab/shared/ids";
import { type Bus, type BusListener, type BusMessage, isMissed } from "./bus.ts";
import { DatabaseClient, withinGoodbye } from "./database-client.ts";
import type { Log } from "./deps.ts";

const CHANNEL = "confab";
/** PostgreSQL refuses a payload of 8,000 bytes; the part's number stands before it. */
const PART_BYTES = 7_800;
/** Messages waiting to be sent, before the next ones are lost: some seconds' work. */
const WAITING_MAX = 5_000;
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 2_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection on which nothing is answered is lost; the beat of the nodes asks it every few seconds. */
const ANSWER_MS_MAX = 5_000;

/**
 * The bus by PostgreSQL's LISTEN and NOTIFY, on a connection of its own. Messages are JSON in ASCII, cut into parts that
 * fit into a payload: `<node> <message> <part>/<parts> <text>`. All parts of one are notified by one statement, so
 * they arrive together and in order.
 */
export class PostgresBus implements Bus {
  readonly nodeId = newId();
  readonly notifyChannel = CHANNEL;
  readonly #url: string;
  readonly #log: Log;
  readonly #parts = new Map<string, string>();
  #listener: BusListener | null = null;
  #client: DatabaseClient | null = null;
  #waiting: BusMessage[] = [];
  #sending: Promise<void> | null = null;
  #sent = 0;
  #hasMissed = false;
  #wasLost = false;
  #isClosed = false;
  #retryMs = RETRY_FIRST_MS;
  #retry: NodeJS.Timeout | undefined;

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  get isConnected(): boolean {
    return this.#client !== null;
  }

  async start(listener: BusListener): Promise<void> {
    this.#listener = listener;
    await this.#connect();
  }

  send(message: BusMessage): void {
    if (this.#isClosed) return;
    if (this.#client === null || this.#waiting.length >= WAITING_MAX) {
      this.#hasMissed ||= isMissed(message);
      return;
    }
    this.#waiting.push(message);
    this.#sending ??= this.#drain();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await withinGoodbye(this.#end());
  }

  async #end(): Promise<void> {
    await this.#sending;
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<void> {
    const client = new DatabaseClient({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      answerMsMax: ANSWER_MS_MAX,
      keepAlive: true,
    });
    client.on("error", (error) => this.#lose(client, error));
    client.on("end", () => this.#lose(client));
    client.on("notification", ({ payload }) => this.#hear(payload ?? ""));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      this.#log.debug({ err: error }, "the bus cannot be reached");
      client.end().catch(() => undefined);
      this.#connectLater();
      return;
    }
    if (this.#isClosed) return void client.end();
    this.#client = client;
    this.#retryMs = RETRY_FIRST_MS;
    if (this.#wasLost) this.#listener?.onGap();
  }

  #connectLater(): void {
    this.#wasLost = true;
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs * (0.5 + Math.random()));
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }

  #lose(client: DatabaseClient, error?: unknown): void {
    if (this.#client !== client) return;
    this.#log.warn({ err: error }, "the connection to the other nodes is lost; it is tried again");
    this.#client = null;
    this.#parts.clear();
    client.end().catch(() => undefined);
    this.#connectLater();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#sendAll(this.#waiting.splice(0));
    this.#sending = null;
  }

  async #sendAll(messages: BusMessage[]): Promise<void> {
    const client = this.#client;
    try {
      if (client === null) throw new Error("not connected");
      if (this.#hasMissed) messages.push({ type: "missed" });
      const payloads = messages.flatMap((message) => this.#cut(message));
      await client.query(
        "SELECT pg_notify($1, part) FROM unnest($2::text[]) WITH ORDINALITY AS t(part, n) ORDER BY n",
        [CHANNEL, payloads],
      );
      this.#hasMissed = false;
    } catch (error) {
      this.#hasMissed ||= messages.some(isMissed);
      if (client) this.#lose(client, error);
    }
  }

  #cut(message: BusMessage): string[] {
    const text = toAscii(JSON.stringify(message));
    this.#sent += 1;
    const count = Math.ceil(text.length / PART_BYTES);
    return Array.from(
      { length: count },
      (_, n) => `${this.nodeId} ${this.#sent} ${n + 1}/${count} ${text.slice(n * PART_BYTES, (n + 1) * PART_BYTES)}`,
    );
  }

  #hear(payload: string): void {
    const [, from = "", place = "", n, count, text = ""] = /^(\S+) (\d+) (\d+)\/(\d+) (.*)$/s.exec(payload) ?? [];
    if (from === this.nodeId || from === "") return;
    const before = n === "1" ? "" : this.#parts.get(`${from} ${place}`);
    // The beginning was said before this node listened.
    if (before === undefined) return;
    if (n !== count) return void this.#parts.set(`${from} ${place}`, before + text);
    this.#parts.delete(`${from} ${place}`);
    this.#deliver(from, before + text);
  }

  #deliver(from: string, text: string): void {
    try {
      this.#listener?.onMessage(from, JSON.parse(text));
    } catch (error) {
      this.#log.error({ err: error }, "a message of another node could not be heeded");
    }
  }
}

/** A payload is measured in bytes; in ASCII they are the characters, and a cut can fall anywhere. */
function toAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
