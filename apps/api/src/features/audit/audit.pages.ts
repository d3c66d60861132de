import type { AuditFilter, ListAuditAnswer, ListAuditQuery } from "@confab/shared/audit";
import { AUDIT_PAGE_MAX } from "@confab/shared/limits";
import { ask, type Sql, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { cutPage, isBehind, type Place, readPlace } from "../../core/places.ts";
import { nameContains } from "../users/users.service.ts";
import { type AuditRow, presentAuditEvent } from "./audit.present.ts";

/** A page of what was noted, the newest first. Throws request_invalid for an `after` that is no page's `next`. */
export async function listAudit(deps: Deps, query: ListAuditQuery): Promise<ListAuditAnswer> {
  const limit = query.limit ?? AUDIT_PAGE_MAX;
  const rows = await ask<AuditRow>(deps.db, auditPage(query, readPlace(query.after), limit + 1));
  const { shown, next } = cutPage(rows, limit, (row) => row);
  return { events: shown.map(presentAuditEvent), next };
}

/**
 * The newest events that fit the filter and lie before a place. The page is cut out first and names are looked up for its
 * rows only, so that the index by moment is all that is read of a log of any length. A deleted group is called what it was
 * called when it was deleted.
 */
export function auditPage(filter: AuditFilter, after: Place | null, limit: number): Sql {
  return sql`
    SELECT e.*, a.username AS actor_username, a.role AS actor_role, u.username AS user_username, u.role AS user_role,
           coalesce(c.name, deleted.name) AS conversation_name
      FROM (
        SELECT id, at, action, actor_id, user_id, conversation_id, address, details FROM audit_events e
         WHERE ${matching(filter)} AND ${isBehind(sql`e.at, e.id`, after)}
         ORDER BY e.at DESC, e.id DESC LIMIT ${limit}
      ) e
      LEFT JOIN users a ON a.id = e.actor_id
      LEFT JOIN users u ON u.id = e.user_id
      LEFT JOIN conversations c ON c.id = e.conversation_id
      LEFT JOIN LATERAL (
        SELECT d.details ->> 'name' AS name FROM audit_events d
         WHERE c.id IS NULL AND d.conversation_id = e.conversation_id AND d.action = 'group.deleted' LIMIT 1
      ) deleted ON true
     ORDER BY e.at DESC, e.id DESC`;
}

/**
 * `from` belongs to the time asked for, `until` does not: the next day's log begins where this one ends. Both as dates,
 * because PostgreSQL refuses a fraction of a second of many digits.
 */
function matching({ action, query, conversation_id, from, until }: AuditFilter): Sql {
  const conditions = [sql`true`];
  if (action !== undefined) conditions.push(sql`e.action = ${action}`);
  if (conversation_id !== undefined) conditions.push(sql`e.conversation_id = ${conversation_id}::uuid`);
  if (from !== undefined) conditions.push(sql`e.at >= ${new Date(from)}`);
  if (until !== undefined) conditions.push(sql`e.at < ${new Date(until)}`);
  if (query) {
    const named = sql`SELECT n.id FROM users n WHERE n.username_key LIKE ${nameContains(query)}`;
    conditions.push(sql`(e.actor_id IN (${named}) OR e.user_id IN (${named}))`);
  }
  return conditions.reduce((all, condition) => sql`${all} AND ${condition}`);
}
