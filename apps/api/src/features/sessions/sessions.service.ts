import { SESSIONS_PAGE_MAX } from "@confab/shared/limits";
import type { PageQuery } from "@confab/shared/pages";
import type { ListSessionsAnswer } from "@confab/shared/sessions";
import { recordAudit } from "../../core/audit.ts";
import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { cutPage, isBehind, readPlace } from "../../core/places.ts";
import { type Principal, SESSION_HOLDS } from "../../plugins/session.ts";
import { presentSession, type SessionRow } from "./sessions.present.ts";
import { announceEnded, endSessions } from "./sessions.ts";

/** A page of where the caller is signed in, the place used last first. Throws request_invalid for an `after` that is no page's `next`. */
export async function listOwnSessions(
  deps: Deps,
  principal: Principal,
  { after, limit = SESSIONS_PAGE_MAX }: PageQuery,
): Promise<ListSessionsAnswer> {
  const rows = await ask<SessionRow>(
    deps.db,
    sql`
    SELECT s.id, s.kind, s.device, s.address, s.created_at, s.last_used_at, s.expires_at
      FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.user_id = ${principal.user_id}::uuid AND ${SESSION_HOLDS}
       AND ${isBehind(sql`s.last_used_at, s.id`, readPlace(after))}
     ORDER BY s.last_used_at DESC, s.id DESC LIMIT ${limit + 1}`,
  );
  const { shown, next } = cutPage(rows, limit, ({ last_used_at, id }) => ({ at: last_used_at, id }));
  return { sessions: shown.map((row) => presentSession(row, principal.session_id)), next };
}

/** Signs the caller out of one place. Throws session_not_found, the same for absent and somebody else's. */
export async function endOwnSession(deps: Deps, principal: Principal, id: string): Promise<void> {
  const ended = await deps.db.$transaction(async (tx) => {
    const sessions = await endSessions(tx, principal.user_id, { only: id });
    const [session] = sessions;
    if (!session) throw new AppError("session_not_found");
    const { kind, device } = session;
    await recordAudit(tx, noteOf(principal, { count: 1, kind, device }));
    return sessions;
  });
  announceEnded(deps, ended);
}

/** Signs the caller out everywhere, or everywhere else. */
export async function endOwnSessions(deps: Deps, principal: Principal, scope: "all" | "others"): Promise<void> {
  const ended = await deps.db.$transaction(async (tx) => {
    const which = scope === "others" ? { except: principal.session_id } : {};
    const sessions = await endSessions(tx, principal.user_id, which);
    if (sessions.length > 0) await recordAudit(tx, noteOf(principal, { count: sessions.length, scope }));
    return sessions;
  });
  announceEnded(deps, ended);
}

function noteOf(principal: Principal, details: Record<string, unknown>) {
  return {
    action: "session.ended",
    actor_id: principal.user_id,
    user_id: principal.user_id,
    address: principal.address,
    details,
  } as const;
}
