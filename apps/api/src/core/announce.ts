import type { Log } from "./deps.ts";

/**
 * Tells others of an act that is committed. The act is done and its caller must hear so: what fails here is logged, never
 * thrown, and clients notice the skipped revision and catch up.
 */
export async function announce(log: Pick<Log, "error">, tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    log.error({ err: error }, "a committed change could not be announced");
  }
}
