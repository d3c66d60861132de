import type { MemberRole } from "@confab/shared/conversations";
import { recordAudit } from "../../core/audit.ts";
import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { activeUserIds } from "../conversations/conversations.service.ts";
import { type MemberRow, presentMember } from "../members/members.service.ts";
import { IS_ACTIVE } from "../users/users.service.ts";
import { GroupChange, type GroupRow } from "./group-change.ts";

/** Who acts, for what is noted about it; null ids when the server does. */
export interface Actor {
  readonly user_id: string | null;
  readonly address: string | null;
}

const SERVER: Actor = { user_id: null, address: null };

/** A member of a group. Throws member_not_found. */
export async function getMember(tx: Tx, groupId: string, userId: string): Promise<MemberRow> {
  const [found] = await tx.$queryRaw<MemberRow[]>(sql`
    SELECT u.id, u.username, u.role, m.role AS member_role, m.joined_at
      FROM conversation_members m JOIN users u ON u.id = m.user_id
     WHERE m.conversation_id = ${groupId}::uuid AND m.user_id = ${userId}::uuid`);
  if (!found) throw new AppError("member_not_found");
  return found;
}

/** A member who can be owner of a group. Throws member_not_found, guest_cannot_own, account_deactivated. */
export async function getNewOwner(tx: Tx, groupId: string, userId: string): Promise<MemberRow> {
  const member = await getMember(tx, groupId, userId);
  if (member.role === "guest") throw new AppError("guest_cannot_own");
  if ((await activeUserIds(tx, [userId])).length === 0) throw new AppError("account_deactivated");
  return member;
}

/**
 * Who answers for a group when its owner is gone and has named nobody: the owner who has been in it longest, else the
 * longest-standing member, never a guest or somebody whose account does not work. The group of everyone only goes to an
 * administrator: whoever came first has not been chosen for it.
 */
export async function findSuccessor(tx: Tx, group: GroupRow, leaverId: string): Promise<MemberRow | null> {
  const [found] = await tx.$queryRaw<MemberRow[]>(sql`
    SELECT u.id, u.username, u.role, m.role AS member_role, m.joined_at
      FROM conversation_members m JOIN users u ON u.id = m.user_id
     WHERE m.conversation_id = ${group.id}::uuid AND m.user_id <> ${leaverId}::uuid AND ${IS_ACTIVE}
       AND (u.role = 'admin' OR (u.role = 'user' AND NOT ${group.joined_by_everyone}::boolean))
     ORDER BY m.role = 'owner' DESC, m.joined_at, m.user_id LIMIT 1`);
  return found ?? null;
}

/** Gives a member of a locked group another role. */
export async function setRole(tx: Tx, change: GroupChange, member: MemberRow, role: MemberRole): Promise<void> {
  if (member.member_role === role) return;
  await tx.$executeRaw(sql`
    UPDATE conversation_members SET role = ${role}::member_role
     WHERE conversation_id = ${change.conversation_id}::uuid AND user_id = ${member.id}::uuid`);
  change.changeRole(presentMember({ ...member, member_role: role }));
}

/** Makes somebody in a locked group the owner who answers for it, or (null) nobody. */
export async function handOver(
  tx: Tx,
  group: GroupRow,
  change: GroupChange,
  successor: MemberRow | null,
  actor: Actor,
): Promise<void> {
  if (successor) await setRole(tx, change, successor, "owner");
  change.update({ owner_id: successor?.id ?? null });
  if (!successor) return;
  change.regranted.push(successor.id);
  await recordAudit(tx, {
    action: "group.transferred",
    actor_id: actor.user_id,
    user_id: successor.id,
    conversation_id: group.id,
    address: actor.address,
    details: { name: group.name, from: group.owner_id },
  });
}

/**
 * Takes somebody out of a locked group. If they answered for it, `successor` does from then on; without one, whoever
 * follows by the rule.
 */
export async function takeOut(
  tx: Tx,
  group: GroupRow,
  userId: string,
  { successor, actor = SERVER }: { successor?: MemberRow | null; actor?: Actor } = {},
): Promise<GroupChange> {
  const change = new GroupChange(group);
  await tx.$executeRaw(sql`
    DELETE FROM conversation_members WHERE conversation_id = ${group.id}::uuid AND user_id = ${userId}::uuid`);
  change.remove(userId);
  if (group.owner_id === userId)
    await handOver(tx, group, change, successor ?? (await findSuccessor(tx, group, userId)), actor);
  await change.save(tx);
  return change;
}
