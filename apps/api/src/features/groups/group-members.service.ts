import type { Member, MemberRole } from "@confab/shared/conversations";
import { announce } from "../../core/announce.ts";
import { recordAudit, recordAudits } from "../../core/audit.ts";
import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError, invalidField } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { activeUserIds } from "../conversations/conversations.service.ts";
import type { Audiences } from "../members/audiences.ts";
import { type MemberRow, presentMember } from "../members/members.service.ts";
import { announceGroupChange, GroupChange, type GroupRow } from "./group-change.ts";
import { lockManagedGroup, refuseClosed } from "./groups.access.ts";
import { forgetRemovals, noteRemoval } from "./member-removals.ts";
import { getMember, getNewOwner, handOver, setRole, takeOut } from "./ownership.ts";

export type GroupDeps = Deps & { audiences: Audiences };

/**
 * Puts people into a group; who is in it already is passed over. What was written before counts as read. Throws
 * request_invalid naming `user_ids`, group_of_everyone, conversation_archived, and what lockManagedGroup throws.
 */
export async function addMembers(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  userIds: string[],
): Promise<Member[]> {
  const { change, members } = await deps.db.$transaction(async (tx) => {
    const group = await lockManagedGroup(tx, principal, groupId);
    refuseClosed(group);
    const added = await putInto(tx, group, [...new Set(userIds)]);
    if (!added) throw invalidField("user_ids", "names somebody who has no active account");
    await recordAudits(
      tx,
      added.members.map(({ user }) => ({
        action: "member.added",
        actor_id: principal.user_id,
        user_id: user.id,
        conversation_id: groupId,
        address: principal.address,
        details: { group: group.name },
      })),
    );
    return added;
  });
  await announce(deps.log, () => announceGroupChange(deps, change));
  return members;
}

/**
 * Puts somebody who is not in it, guest or not, into a locked group, in the caller's transaction. Call announceGroupChange
 * after the commit. Throws user_not_found for an account that does not work.
 */
export async function addMember(tx: Tx, group: GroupRow, userId: string): Promise<GroupChange> {
  const added = await putInto(tx, group, [userId]);
  if (!added) throw new AppError("user_not_found");
  return added.change;
}

/** Adds those of these people who are not in a locked group yet; null if one of those has no account that works. */
async function putInto(
  tx: Tx,
  group: GroupRow,
  userIds: string[],
): Promise<{ change: GroupChange; members: Member[] } | null> {
  const there = await tx.$queryRaw<{ user_id: string }[]>(sql`
    SELECT user_id FROM conversation_members
     WHERE conversation_id = ${group.id}::uuid AND user_id = ANY(${userIds}::uuid[])`);
  const present = new Set(there.map((row) => row.user_id));
  const newIds = userIds.filter((id) => !present.has(id));
  // The group is locked before its people, by everyone who locks both.
  if ((await activeUserIds(tx, newIds)).length !== newIds.length) return null;
  const rows = await tx.$queryRaw<MemberRow[]>(sql`
    WITH added AS (
      INSERT INTO conversation_members (conversation_id, user_id, read_seq)
      SELECT ${group.id}::uuid, user_id, ${group.last_seq}::int FROM unnest(${newIds}::uuid[]) AS user_id
      RETURNING user_id, role, joined_at
    )
    SELECT u.id, u.username, u.role, added.role AS member_role, added.joined_at
      FROM added JOIN users u ON u.id = added.user_id ORDER BY u.username_key`);
  await forgetRemovals(tx, group.id, newIds);
  const change = new GroupChange(group);
  const members = rows.map(presentMember);
  for (const member of members) change.add(member);
  await change.save(tx);
  return { change, members };
}

/**
 * Takes somebody else out of a group; links made before let them in no more, until they are in it again. The owner who
 * answers for it can only be taken out by an administrator. Throws request_invalid naming `user_id` for oneself,
 * member_not_found, owner_required, group_of_everyone, conversation_archived, and what lockManagedGroup throws.
 */
export async function removeMember(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  userId: string,
): Promise<void> {
  const change = await deps.db.$transaction(async (tx) => {
    const group = await lockManagedGroup(tx, principal, groupId);
    refuseClosed(group);
    const member = await getMember(tx, groupId, userId);
    if (userId === principal.user_id) throw invalidField("user_id", "is your own: leave the group instead");
    if (userId === group.owner_id && principal.role !== "admin") throw new AppError("owner_required");
    await recordAudit(tx, {
      action: "member.removed",
      actor_id: principal.user_id,
      user_id: userId,
      conversation_id: groupId,
      address: principal.address,
      details: { group: group.name, role: member.member_role },
    });
    await noteRemoval(tx, groupId, userId);
    return takeOut(tx, group, userId, { actor: principal });
  });
  await announce(deps.log, () => announceGroupChange(deps, change));
}

/**
 * Makes a member an owner, or an owner a member. Throws member_not_found, guest_cannot_own, account_deactivated,
 * successor_required for the owner who answers for the group, and what lockManagedGroup throws.
 */
export async function changeMemberRole(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  userId: string,
  role: MemberRole,
): Promise<Member> {
  const { change, member } = await deps.db.$transaction(async (tx) => {
    const group = await lockManagedGroup(tx, principal, groupId);
    const before = await (role === "owner" ? getNewOwner : getMember)(tx, groupId, userId);
    if (role === "member" && userId === group.owner_id) throw new AppError("successor_required");
    const changed = new GroupChange(group);
    // The first owner of a group that nobody answers for does so.
    if (role === "owner" && group.owner_id === null) await handOver(tx, group, changed, before, principal);
    else await setRole(tx, changed, before, role);
    await changed.save(tx);
    if (before.member_role !== role)
      await recordAudit(tx, {
        action: "member.role_changed",
        actor_id: principal.user_id,
        user_id: userId,
        conversation_id: groupId,
        address: principal.address,
        details: { group: group.name, from: before.member_role, to: role },
      });
    return { change: changed, member: presentMember({ ...before, member_role: role }) };
  });
  await announce(deps.log, () => announceGroupChange(deps, change));
  return member;
}
