import { setTimeout as delay } from "node:timers/promises";
import { DatabaseError } from "./database-error.ts";
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./embedded-postgres.ts";

/** One that has run for that long and dies is started at once; one that dies sooner, or does not start, after a wait. */
const STABLE_MS = 60_000;
const WAIT_MS_FIRST = 250;
/** Whatever kept it from starting (a full disk, above all) ends at some time, and then nobody should wait for long. */
const WAIT_MS_MAX = 4_000;

/**
 * Starts the embedded PostgreSQL and, whenever it dies, starts it again, at the same address and until stop(). What was
 * committed is there again: PostgreSQL recovers by itself. Throws DatabaseError if the first start fails.
 */
export async function startSupervisedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const supervisor = new Supervisor(options);
  const { url } = await supervisor.start();
  return { url, stop: () => supervisor.stop() };
}

/** running ──died──► waiting ──► starting ──► running      starting ──failed──► waiting      any ──stop──► stopped */
class Supervisor {
  readonly #options: EmbeddedPostgresOptions;
  readonly #stopped = new AbortController();
  #running: EmbeddedPostgres | null = null;
  #startedAt = 0;
  /** It may die again before it is known to have started. */
  #isDown = false;
  #reviving: Promise<void> | null = null;
  #waitMs = 0;

  constructor(options: EmbeddedPostgresOptions) {
    this.#options = options;
  }

  async start(): Promise<EmbeddedPostgres> {
    const { onExit } = this.#options;
    const running = await startEmbeddedPostgres({
      ...this.#options,
      // The address is known to many by then.
      ...(this.#running === null ? {} : { port: Number(new URL(this.#running.url).port) }),
      onExit: (reason) => {
        onExit?.(reason);
        this.#isDown = true;
        if (this.#running !== null) this.#revive();
      },
    });
    const isFirst = this.#running === null;
    this.#running = running;
    this.#startedAt = performance.now();
    if (isFirst && this.#isDown) this.#revive();
    return running;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#reviving;
    await this.#running?.stop();
  }

  #revive(): void {
    this.#reviving ??= this.#startAgain().finally(() => {
      this.#reviving = null;
    });
  }

  async #startAgain(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopped;
    const diedAt = performance.now();
    if (diedAt - this.#startedAt > STABLE_MS) this.#waitMs = 0;
    let said = "";
    while (this.#isDown) {
      await delay(this.#waitMs, null, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.#waitMs = Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_FIRST, this.#waitMs * 2));
      this.#isDown = false;
      try {
        await this.start();
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        this.#isDown = true;
        // Once for each reason, not for each try.
        if (error.message !== said) log.error(`${error.message} It is tried again until it starts.`);
        said = error.message;
      }
    }
    log.warn(`The embedded PostgreSQL runs again, after ${((performance.now() - diedAt) / 1000).toFixed(1)} s.`);
  }
}
