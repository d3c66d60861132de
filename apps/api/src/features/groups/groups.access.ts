import type { MemberRole } from "@confab/shared/conversations";
import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { lockConversations } from "../conversations/lock-conversations.ts";
import { mayRead } from "../members/members.access.ts";
import { GROUP_COLUMNS, type GroupRow } from "./group-change.ts";

/** A group, and the caller's role in it: null for an administrator outside. */
export type SeenGroup = GroupRow & { readonly caller_role: MemberRole | null };

/**
 * A group the caller may see. Throws conversation_not_found, the same for absent and forbidden, and group_required for a
 * direct conversation.
 */
async function getGroup(tx: Tx, principal: Principal, id: string): Promise<SeenGroup> {
  const [found] = await tx.$queryRaw<(SeenGroup & { kind: "direct" | "group" })[]>(sql`
    SELECT ${GROUP_COLUMNS}, c.kind, m.role AS caller_role
      FROM conversations c
      LEFT JOIN conversation_members m ON m.conversation_id = c.id AND m.user_id = ${principal.user_id}::uuid
     WHERE c.id = ${id}::uuid AND ${mayRead(principal)}`);
  if (!found) throw new AppError("conversation_not_found");
  if (found.kind !== "group") throw new AppError("group_required");
  return found;
}

/** Locks a group the caller may see. Throws conversation_not_found, group_required. */
export async function lockGroup(tx: Tx, principal: Principal, id: string): Promise<SeenGroup> {
  // Two statements: the second sees what was committed while the first waited for the lock, also the caller's own removal.
  await lockConversations(tx, sql`c.id = ${id}::uuid`);
  return getGroup(tx, principal, id);
}

/** A group the caller manages: as its owner or an administrator. Throws owner_required and what lockGroup throws. */
export async function getManagedGroup(tx: Tx, principal: Principal, id: string): Promise<SeenGroup> {
  const group = await getGroup(tx, principal, id);
  if (principal.role !== "admin" && group.caller_role !== "owner") throw new AppError("owner_required");
  return group;
}

/** Locks such a group. Throws what getManagedGroup throws. */
export async function lockManagedGroup(tx: Tx, principal: Principal, id: string): Promise<SeenGroup> {
  await lockGroup(tx, principal, id);
  return getManagedGroup(tx, principal, id);
}

/** A group the caller answers for, or is administrator over. Throws owner_required and what lockGroup throws. */
export async function getKeptGroup(tx: Tx, principal: Principal, id: string): Promise<SeenGroup> {
  const group = await getGroup(tx, principal, id);
  if (principal.role !== "admin" && group.owner_id !== principal.user_id) throw new AppError("owner_required");
  return group;
}

/** Locks such a group. Throws what getKeptGroup throws. */
export async function lockKeptGroup(tx: Tx, principal: Principal, id: string): Promise<SeenGroup> {
  await lockGroup(tx, principal, id);
  return getKeptGroup(tx, principal, id);
}

/** Throws group_of_everyone for the group that everyone is in, and stays in. */
export function refuseEveryone(group: GroupRow): void {
  if (group.joined_by_everyone) throw new AppError("group_of_everyone");
}

/** Throws group_of_everyone and conversation_archived where nobody comes in or is taken out. */
export function refuseClosed(group: GroupRow): void {
  refuseEveryone(group);
  if (group.archived_at !== null) throw new AppError("conversation_archived");
}
