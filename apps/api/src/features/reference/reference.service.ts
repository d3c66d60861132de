import type { MemberRole } from "@confab/shared/conversations";
import type { UserConversationsAnswer } from "@confab/shared/reference";
import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";

interface Row {
  conversation_id: string;
  name: string | null;
  description: string | null;
  owner_id: string | null;
  role: MemberRole;
  user_id: string;
  joined_at: Date;
  created_at: Date;
  updated_at: Date;
}

/**
 * The conversations of a person: `me`, the caller's own id or e-mail address, or anybody's id for administrators.
 * Throws user_not_found, the same for absent and forbidden.
 */
export async function listUserConversations(
  deps: Deps,
  principal: Principal,
  whose: string,
): Promise<UserConversationsAnswer> {
  const userId = await getUserId(deps, principal, whose);
  const rows = await ask<Row>(
    deps.db,
    sql`
    SELECT c.id AS conversation_id, coalesce(c.name, o.username, '') AS name, c.description, c.owner_id, m.role, m.user_id,
           m.joined_at, c.created_at, c.updated_at
      FROM conversation_members m
      JOIN conversations c ON c.id = m.conversation_id
      LEFT JOIN LATERAL (
        SELECT u.username FROM conversation_members om JOIN users u ON u.id = om.user_id
         WHERE om.conversation_id = c.id AND om.user_id <> m.user_id ORDER BY u.username_key LIMIT 1
      ) o ON c.kind = 'direct'
     WHERE m.user_id = ${userId}::uuid
     ORDER BY m.joined_at, c.id`,
  );
  return {
    conversations: rows.map((row) => ({
      ...row,
      id: row.conversation_id,
      name: row.name ?? "",
      joined_at: row.joined_at.toISOString(),
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    })),
  };
}

async function getUserId(deps: Deps, principal: Principal, whose: string): Promise<string> {
  const named = whose.toLowerCase();
  if (whose === "me" || named === principal.user_id || named === principal.email) return principal.user_id;
  const isAdmin = principal.role === "admin";
  const rows = await ask<{ id: string }>(
    deps.db,
    sql`
    SELECT id FROM users WHERE id::text = ${named} AND ${isAdmin}::boolean`,
  );
  if (!rows[0]) throw new AppError("user_not_found");
  return rows[0].id;
}
