import type { Connection } from "../../core/connection.ts";
import { ask, type Db, sql, toList } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { SESSION_HOLDS } from "../../plugins/session.ts";

/** How long a socket may outlive a session that ended elsewhere, or a guest whose time is up. */
const EVERY_MS = 1_000;
/** How often all are looked at, whatever has changed: an open socket counts as use of its session. */
const ALL_EVERY_MS = 60_000;
/**
 * Looked at again for as long, so that it does not matter how long a change took to be committed or whether a look failed.
 */
const RECENTLY = sql`now() - interval '30 seconds'`;
/** Use is noted once an hour: a session lasts for weeks. */
const AN_HOUR_AGO = sql`now() - interval '1 hour'`;
/** Time is up by the database's clock: a little later, so that it agrees. */
const CLOCK_MS = 20;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What of an account a connection is opened for: commands are judged and typing is signed by it. */
export function accountOf(user: { role: string; username: string }): string {
  return `${user.role} ${user.username}`;
}

/** The same of a user `u`, in a query. */
const ACCOUNT = sql`u.role || ' ' || u.username`;

export interface SessionWatch {
  /** Looks at a moment at which somebody's time is up, too. Returns the way not to do so after all. */
  lookAt(moment: Date): () => void;
  stop(): void;
}

/**
 * Closes the sockets of sessions that no longer hold, whatever ended them, and those opened for what their account is not
 * any more. Looks once a second, at the sockets of those people of whom something has changed: what it costs does not
 * depend on how many are open.
 */
export function watchSessions(deps: Deps): SessionWatch {
  let isLooking = false;
  let allLookedAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      const isTimeForAll = performance.now() - allLookedAt >= ALL_EVERY_MS;
      await check(deps.db, isTimeForAll ? [...deps.hub.connections()] : await findSuspects(deps));
      if (isTimeForAll) allLookedAt = performance.now();
    } catch (error) {
      // While the database is away nobody can lose a right; the next look finds what was missed.
      deps.log.warn({ err: error }, "sessions could not be checked");
      allLookedAt = Number.NEGATIVE_INFINITY;
    } finally {
      isLooking = false;
    }
  }

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

/** The sockets of those of whom something has changed lately, or whose time is up. */
async function findSuspects({ db, hub }: Deps): Promise<Connection[]> {
  const changed = await ask<{ user_id: string }>(
    db,
    sql`
    SELECT user_id FROM account_changes WHERE at > ${RECENTLY}
    UNION SELECT user_id FROM sessions WHERE expires_at > ${RECENTLY} AND expires_at <= now()
    UNION SELECT id FROM users WHERE expires_at > ${RECENTLY} AND expires_at <= now()`,
  );
  return changed.flatMap(({ user_id }) => hub.connectionsOf(user_id));
}

/** One of those asked about, of which something has to be done; `n` counts from one. */
interface Finding {
  n: number;
  session_id: string;
  holds: boolean;
  is_same: boolean;
  is_noted: boolean;
}

/** The database compares and tells of those alone that are not as they should be: of thousands, mostly of none. */
async function check(db: Db, suspects: readonly Connection[]): Promise<void> {
  if (suspects.length === 0) return;
  const found = await ask<Finding>(
    db,
    sql`
    SELECT * FROM (
      SELECT asked.n::int, asked.session_id, (${SESSION_HOLDS}) IS TRUE AS holds, (${ACCOUNT}) = asked.account AS is_same,
             s.last_used_at > ${AN_HOUR_AGO} AS is_noted
        FROM unnest(${toList(suspects.map(({ sessionId }) => sessionId))}::uuid[],
                    ${suspects.map(({ account }) => account)}::text[]) WITH ORDINALITY AS asked(session_id, account, n)
        LEFT JOIN sessions s ON s.id = asked.session_id LEFT JOIN users u ON u.id = s.user_id) AS each
     WHERE NOT (holds AND is_same AND is_noted)`,
  );
  for (const { n, holds, is_same } of found) {
    if (!holds) suspects[n - 1]?.close("session_ended");
    else if (!is_same) suspects[n - 1]?.close("account_changed");
  }
  const unnoted = found.filter(({ holds, is_noted }) => holds && !is_noted).map(({ session_id }) => session_id);
  if (unnoted.length === 0) return;
  // Last, for it needs room on the database's disk, and nobody may keep a right for want of that.
  await ask(
    db,
    sql`
    UPDATE sessions SET last_used_at = now()
     WHERE id = ANY(${toList(unnoted)}::uuid[]) AND last_used_at < ${AN_HOUR_AGO}`,
  );
}
