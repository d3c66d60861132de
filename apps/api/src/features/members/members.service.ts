import type { ListMembersAnswer, Member, MemberRole } from "@confab/shared/conversations";
import { MEMBERS_PAGE_MAX } from "@confab/shared/limits";
import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Principal } from "../../plugins/session.ts";
import { type PersonRow, presentPerson } from "../users/users.present.ts";
import { getVisibleConversation } from "./members.access.ts";

export interface MemberRow extends PersonRow {
  member_role: MemberRole;
  joined_at: Date;
}

export function presentMember(row: MemberRow): Member {
  return { user: presentPerson(row), role: row.member_role, joined_at: row.joined_at.toISOString() };
}

/** A page of a conversation's members by name, with who of them is connected. Throws conversation_not_found. */
export async function listMembers(
  deps: Deps,
  principal: Principal,
  conversationId: string,
  page: { after?: string | undefined; limit?: number | undefined },
): Promise<ListMembersAnswer> {
  await getVisibleConversation(deps.db, principal, conversationId);
  const limit = page.limit ?? MEMBERS_PAGE_MAX;
  const rows = await ask<MemberRow & { username_key: string }>(
    deps.db,
    sql`
    SELECT u.id, u.username, u.username_key, u.role, m.role AS member_role, m.joined_at
      FROM conversation_members m JOIN users u ON u.id = m.user_id
     WHERE m.conversation_id = ${conversationId}::uuid AND u.username_key > ${page.after ?? ""}
     ORDER BY u.username_key LIMIT ${limit + 1}`,
  );
  const shown = rows.slice(0, limit);
  return {
    members: shown.map(presentMember),
    online: shown.map((row) => row.id).filter((id) => deps.hub.isOnline(id)),
    next: rows.length > limit ? (shown.at(-1)?.username_key ?? null) : null,
  };
}
