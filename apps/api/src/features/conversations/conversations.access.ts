import type { Conversation } from "@confab/shared/conversations";
import type { Role } from "@confab/shared/users";
import { ask, type Sql, sql, type Tx, toList } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { joinQuestions } from "../../core/join-questions.ts";
import { mayRead } from "../members/members.access.ts";
import { MESSAGE_COLUMNS } from "../messages/messages.present.ts";
import { type ConversationWithMessageRow, presentConversation, type Viewer } from "./conversations.present.ts";

/** The most recently active first. */
const BY_ACTIVITY = sql`x.sent_from_server DESC NULLS LAST, c.created_at DESC, c.id`;

/**
 * The conversations `c` that meet a condition (all of them, or the first `limit`), which has to see to the viewer's rights.
 * One statement, so that numbers, last message and read marker belong to the same moment.
 */
export async function viewConversations(
  tx: Tx,
  viewer: Viewer,
  condition: Sql,
  order: Sql = BY_ACTIVITY,
  limit: number | null = null,
): Promise<Conversation[]> {
  const from = sql`conversations c CROSS JOIN (SELECT ${viewer.user_id}::uuid AS id, ${viewer.role}::text AS role) v
    ${MEMBERSHIP_IF_ANY}`;
  const viewed = await viewAs(tx, from, condition, order, limit);
  return viewed.map(({ conversation }) => conversation);
}

/** One conversation as each of those of these people sees it who are members. */
export function viewAsMembers(tx: Tx, id: string, userIds: string[]): Promise<Viewed[]> {
  const from = sql`conversations c CROSS JOIN
    (SELECT id, role::text FROM users WHERE id = ANY(${userIds}::uuid[])) v ${MEMBERSHIP_IF_ANY}`;
  return viewAs(tx, from, sql`c.id = ${id}::uuid AND m.user_id IS NOT NULL`, sql`v.id`, null);
}

export interface Viewed extends Viewer {
  readonly conversation: Conversation;
}

const MEMBERSHIP_IF_ANY = sql`LEFT JOIN conversation_members m ON m.conversation_id = c.id AND m.user_id = v.id`;

/**
 * Conversations `c` as the viewers `v` see them, who are members `m` of them or not: `from` joins the three. What is asked
 * of direct ones only says so within its own subquery: as a condition of the join, PostgreSQL would first read the members
 * of every group, and then drop them.
 */
async function viewAs(tx: Tx, from: Sql, condition: Sql, order: Sql, limit: number | null): Promise<Viewed[]> {
  const rows = await ask<ConversationWithMessageRow & { viewer_id: string; viewer_role: Role }>(
    tx,
    sql`
    SELECT v.id AS viewer_id, v.role AS viewer_role, c.id AS c_id, c.kind, coalesce(c.name, outside.names) AS name, c.description, c.owner_id, c.created_at, c.updated_at, c.last_seq,
           c.archived_at, coalesce(c.joined_by_everyone, false) AS joined_by_everyone,
           c.revision AS c_revision, c.member_version, c.member_count,
           m.role AS member_role, m.read_seq, m.uncounted,
           o.id AS other_id, o.username AS other_username, o.role AS other_role, ${MESSAGE_COLUMNS}
      FROM ${from}
      LEFT JOIN messages x ON x.conversation_id = c.id AND x.seq = c.last_seq
      LEFT JOIN users u ON u.id = x.sender_id
      LEFT JOIN LATERAL (
        SELECT p.id, p.username, p.role FROM conversation_members om JOIN users p ON p.id = om.user_id
         WHERE c.kind = 'direct' AND m.user_id IS NOT NULL AND om.conversation_id = c.id AND om.user_id <> v.id
         ORDER BY p.username_key LIMIT 1
      ) o ON true
      LEFT JOIN LATERAL (
        SELECT string_agg(p.username, ' and ' ORDER BY p.username_key) AS names
          FROM conversation_members om JOIN users p ON p.id = om.user_id
         WHERE c.kind = 'direct' AND m.user_id IS NULL AND om.conversation_id = c.id
      ) outside ON true
     WHERE ${condition}
     ORDER BY ${order} LIMIT ${limit}::int`,
  );
  return rows.map((row) => {
    const viewer = { user_id: row.viewer_id, role: row.viewer_role };
    return { ...viewer, conversation: presentConversation(row, viewer) };
  });
}

/** At most so many people's lists are read in one statement: each may be of hundreds. */
const LISTS_MAX = 20;

/** The viewer's own conversations, most recently active first. */
export const listOwnConversations = joinQuestions<Viewer, Conversation[]>(LISTS_MAX, async (tx, viewers) => {
  const different = [...new Map(viewers.map((viewer) => [keyOf(viewer), viewer])).values()];
  const [ids, roles] = [different.map(({ user_id }) => user_id), different.map(({ role }) => role)];
  const from = sql`unnest(${toList(ids)}::uuid[], ${toList(roles)}::text[]) AS v(id, role)
    JOIN conversation_members m ON m.user_id = v.id JOIN conversations c ON c.id = m.conversation_id`;
  const viewed = Map.groupBy(await viewAs(tx, from, sql`true`, BY_ACTIVITY, null), keyOf);
  return viewers.map((viewer) => (viewed.get(keyOf(viewer)) ?? []).map(({ conversation }) => conversation));
});

/** Somebody may ask in two roles at the same time, while theirs is being changed. */
function keyOf({ user_id, role }: Viewer): string {
  return `${role} ${user_id}`;
}

/** Every conversation there is. Only for administrators: throws role_insufficient for anybody else. */
export function listAllConversations(tx: Tx, viewer: Viewer): Promise<Conversation[]> {
  if (viewer.role !== "admin") throw new AppError("role_insufficient");
  return viewConversations(tx, viewer, sql`true`);
}

/** One conversation as the viewer sees it, or null. */
export async function findConversation(tx: Tx, viewer: Viewer, id: string): Promise<Conversation | null> {
  const [found] = await viewConversations(tx, viewer, sql`c.id = ${id}::uuid AND ${mayRead(viewer)}`);
  return found ?? null;
}

/** One conversation as the viewer sees it. Throws conversation_not_found, the same for absent and forbidden. */
export async function getConversation(tx: Tx, viewer: Viewer, id: string): Promise<Conversation> {
  const found = await findConversation(tx, viewer, id);
  if (!found) throw new AppError("conversation_not_found");
  return found;
}
