import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { AppError } from "./errors.ts";

interface DatabaseClientConfig extends pg.ClientConfig {
  readonly answerMsMax: number;
}

/**
 * How long anything of the database's may take. Whoever asks the server for something hears within two seconds that its
 * database is away, whether that refuses connections, has gone without a word, or is too slow: a request fails at its
 * first statement that is not answered, so none of these adds up. The server gives up a slow statement before we do, so
 * that only silence leaves open what became of it.
 */
export const DATABASE_PATIENCE = {
  connectionTimeoutMillis: 1_800,
  answerMsMax: 1_700,
  statement_timeout: 1_500,
  /** Longer than any act of ours holds a row. A statement may wait twice: for its turn, and for the row. */
  lock_timeout: 700,
  /** A node that vanished in the middle of a transaction must not hold its locks for long. */
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} satisfies DatabaseClientConfig;

type Answer = (error: Error | null, result?: unknown) => void;

interface Asked {
  readonly at: number;
  readonly answer: Answer;
}

/**
 * A connection that ends when a statement on it is not answered in time. The driver alone would keep it: the next
 * statement, the ROLLBACK above all, would wait behind the silent one, and the pool hand the connection on. It also ends
 * when what it has prepared does not fit the tables any more (0A000): a new one prepares it anew.
 *
 * The time is kept here and not by the driver's `query_timeout`, whose queries and callbacks know each other: of such
 * garbage V8's young generation keeps every third byte, and it is collected with the old one, which is slow.
 */
export class DatabaseClient extends pg.Client {
  readonly #answerMsMax: number;
  /** In the order in which PostgreSQL answers. */
  readonly #asked: Asked[] = [];
  #isWatched = false;

  constructor(config: DatabaseClientConfig = DATABASE_PATIENCE) {
    super(config);
    this.#answerMsMax = config.answerMsMax;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the driver's seven signatures, with a callback or without
  override query(...args: any): any {
    const callback = args.at(-1);
    if (typeof callback === "function") return this.#ask(args.slice(0, -1), callback);
    return new Promise((resolve, reject) => {
      this.#ask(args, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  #ask(question: unknown[], answer: Answer): void {
    const asked = { at: performance.now(), answer };
    this.#asked.push(asked);
    this.#watch();
    const settle: Answer = (error, result) => {
      if (!this.#forget(asked)) return;
      if (error && isStale(error)) void this.end();
      answer(error, result);
    };
    Reflect.apply(super.query, this, [...question, settle]);
  }

  /** False: it has been given up. */
  #forget(asked: Asked): boolean {
    const at = this.#asked.indexOf(asked);
    if (at !== -1) this.#asked.splice(at, 1);
    return at !== -1;
  }

  /** One look at the oldest at a time: most are answered long before it, and a timer for each would be one more of these. */
  #watch(): void {
    const [oldest] = this.#asked;
    if (this.#isWatched || !oldest) return;
    this.#isWatched = true;
    setTimeout(() => this.#look(), oldest.at + this.#answerMsMax - performance.now()).unref();
  }

  #look(): void {
    this.#isWatched = false;
    const [oldest] = this.#asked;
    if (oldest && performance.now() - oldest.at >= this.#answerMsMax) {
      this.#asked.shift();
      oldest.answer(new Error("Query read timeout"));
      void this.end();
    }
    this.#watch();
  }
}

function isStale(error: Error): boolean {
  return "code" in error && error.code === "0A000";
}

/** Statements, or transactions, waiting for a connection: more would not get one before their patience ends. */
const WAITING_MAX = 1_000;

/** Connections for a crowd: who comes while too many wait for one is told at once that the server is busy. */
export class DatabasePool extends pg.Pool {
  // biome-ignore lint/suspicious/noExplicitAny: with a callback or without, passed through as it is
  override connect(...args: any): any {
    if (this.waitingCount < WAITING_MAX) return Reflect.apply(super.connect, this, args);
    const [callback]: ((error: Error) => void)[] = args;
    return callback ? callback(new AppError("server_busy")) : Promise.reject(new AppError("server_busy"));
  }
}

/** A database that says nothing says no goodbye either. */
const GOODBYE_MS = 1_000;

/** Waits for connections to end, but not for those on which nothing is answered. */
export async function withinGoodbye(end: Promise<void>): Promise<void> {
  await Promise.race([end, delay(GOODBYE_MS, undefined, { ref: false })]);
}
