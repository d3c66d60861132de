import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { SESSION_HOLDS } from "../../plugins/session.ts";
import type { Audiences } from "../members/audiences.ts";
import { retireExpiredGuests } from "./expired-guests.ts";

const EVERY_MS = 60_000;

/**
 * Tidies up what has run out, once a minute. Nothing depends on it for being refused, and
 * every node does it: of two at once, one finds nothing left. Returns the way to stop it.
 */
export function startHousekeeping(deps: Deps & { audiences: Audiences }): () => void {
  const tidyUp = async () => {
    try {
      await retireExpiredGuests(deps);
      await ask(
        deps.db,
        sql`
        DELETE FROM sessions s USING users u WHERE u.id = s.user_id AND NOT (${SESSION_HOLDS})`,
      );
      await ask(deps.db, sql`DELETE FROM account_changes WHERE at < now() - interval '5 minutes'`);
      await ask(deps.db, sql`DELETE FROM rate_limits WHERE ends_at < now()`);
    } catch (error) {
      deps.log.warn({ err: error }, "housekeeping failed; it is tried again in a minute");
    }
  };
  const timer = setInterval(() => void tidyUp(), EVERY_MS);
  return () => clearInterval(timer);
}
