import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { AppError } from "./errors.ts";

/**
 * How long anything of the database's may take. Whoever asks the server for something hears within two seconds that its
 * database is away, whether that refuses connections, has gone without a word, or is too slow: a request fails at its
 * first statement that is not answered, so none of these adds up. The server gives up a slow statement before we do, so
 * that only silence leaves open what became of it.
 */
export const DATABASE_PATIENCE = {
  connectionTimeoutMillis: 1_800,
  query_timeout: 1_700,
  statement_timeout: 1_500,
  /** Longer than any act of ours holds a row. A statement may wait twice: for its turn, and for the row. */
  lock_timeout: 700,
  /** A node that vanished in the middle of a transaction must not hold its locks for long. */
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} satisfies pg.ClientConfig;

/**
 * A connection that ends when a statement on it is not answered in time. The driver alone would keep it: the next
 * statement, the ROLLBACK above all, would wait behind the silent one, and the pool hand the connection on. It also ends
 * when what it has prepared does not fit the tables any more (0A000): a new one prepares it anew.
 */
export class DatabaseClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: the driver's seven signatures, passed through as they are
  override query(...args: any): any {
    const asked: unknown = Reflect.apply(super.query, this, args);
    if (asked instanceof Promise)
      asked.catch((error: unknown) => {
        if (error instanceof Error && (error.message === "Query read timeout" || isStale(error))) void this.end();
      });
    return asked;
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
