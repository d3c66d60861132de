import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { SESSION_HOLDS } from "../../plugins/session.ts";

/** How long a socket may outlive a session that ended elsewhere, or a guest whose time is up. */
const EVERY_MS = 1_000;
/** Time is up by the database's clock: a little later, so that it agrees. */
const CLOCK_MS = 20;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What of an account a connection is opened for: commands are judged and typing is signed by it. */
export function accountOf(user: { role: string; username: string }): string {
  return `${user.role} ${user.username}`;
}

export interface SessionWatch {
  /** Looks at a moment at which somebody's time is up, too. Returns the way not to do so after all. */
  lookAt(moment: Date): () => void;
  stop(): void;
}

/**
 * Closes the sockets of sessions that no longer hold, whatever ended them, and those opened for what their account is not
 * any more; counts an open socket as use of its session. Looks once a second.
 */
export function watchSessions(deps: Deps): SessionWatch {
  let isLooking = false;
  const look = async () => {
    const open = new Set([...deps.hub.connections()].map((connection) => connection.sessionId));
    if (isLooking || open.size === 0) return;
    isLooking = true;
    try {
      const live = await deps.db.$queryRaw<{ id: string; role: string; username: string }[]>(sql`
        SELECT s.id, u.role, u.username FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id = ANY(${[...open]}::uuid[]) AND ${SESSION_HOLDS}`);
      for (const { id } of live) open.delete(id);
      for (const sessionId of open) deps.hub.disconnectHere({ sessionId }, "session_ended");
      const accounts = new Map(live.map((row) => [row.id, accountOf(row)]));
      for (const connection of [...deps.hub.connections()]) {
        const account = accounts.get(connection.sessionId);
        if (account !== undefined && account !== connection.account) connection.close("account_changed");
      }
      // Last, for it needs room on the database's disk, and nobody may keep a right for want of that.
      await deps.db.$executeRaw(sql`
        UPDATE sessions SET last_used_at = now()
         WHERE id = ANY(${live.map(({ id }) => id)}::uuid[]) AND last_used_at < now() - interval '1 hour'`);
    } catch (error) {
      // While the database is away nobody can lose a right; the next look finds what was missed.
      deps.log.warn({ err: error }, "sessions could not be checked");
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  return {
    stop: () => clearInterval(timer),
    lookAt(moment) {
      const inMs = moment.getTime() - Date.now() + CLOCK_MS;
      // A timer cannot be set further ahead; by then the second's look is what finds them.
      const once = inMs < TIMER_MS_MAX ? setTimeout(() => void look(), inMs).unref() : undefined;
      return () => clearTimeout(once);
    },
  };
}
