import type { Conversation } from "@confab/shared/conversations";
import { announce } from "../../core/announce.ts";
import { recordAudit } from "../../core/audit.ts";
import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { WaitingLines } from "../../core/waiting-lines.ts";
import type { Principal } from "../../plugins/session.ts";
import { getConversation } from "../conversations/conversations.access.ts";
import { announceGroupChange, GROUP_COLUMNS, type GroupChange, type GroupRow } from "../groups/group-change.ts";
import { addMember } from "../groups/group-members.service.ts";
import { refuseRemoved } from "../groups/member-removals.ts";
import { getInviteId, type InviteDeps, lockOpenInvite } from "./open-invites.ts";

/** Those who come by one link, which a whole workshop may open at once. */
export const inviteLines = new WaitingLines(300);

type Person = Pick<Principal, "user_id" | "address">;

/**
 * Lets a new account in by an invite, in the caller's transaction: counts the use, and puts it into the group, if the invite
 * leads into one. Gives what that changed; call announceGroupChange after the commit. Throws invite_not_found.
 */
export async function enterByInvite(tx: Tx, inviteId: string, person: Person): Promise<GroupChange | null> {
  return passThrough(tx, inviteId, await lockGroupOf(tx, inviteId), person);
}

/**
 * Joins the conversation that a link leads into. Who is in it already stays, whatever has become of the link, and costs no
 * use: somebody may press the button twice. Throws invite_not_found, also for a link that leads to an account, and
 * removed_from_group.
 */
export async function joinByInvite(deps: InviteDeps, principal: Principal, token: string): Promise<Conversation> {
  const inviteId = getInviteId(deps, token);
  const join = async (tx: Tx) => {
    const group = await lockGroupOf(tx, inviteId);
    if (group === null) throw new AppError("invite_not_found");
    const isIn = await isMember(tx, group.id, principal.user_id);
    return { id: group.id, change: isIn ? null : await passThrough(tx, inviteId, group, principal) };
  };
  const { id, change } = await inviteLines.inLine(inviteId, () => deps.db.$transaction(join));
  if (change) await announce(deps.log, () => announceGroupChange(deps, change));
  return getConversation(deps.db, principal, id);
}

/**
 * Locks the group that an invite leads into; null if it leads into none. Before the invite itself: deleting a group locks it
 * first and its invites after it, and the two must not wait for each other.
 */
async function lockGroupOf(tx: Tx, inviteId: string): Promise<GroupRow | null> {
  const [found] = await tx.$queryRaw<GroupRow[]>(sql`
    SELECT ${GROUP_COLUMNS} FROM conversations c JOIN invites i ON i.conversation_id = c.id
     WHERE i.id = ${inviteId}::uuid FOR NO KEY UPDATE OF c`);
  return found ?? null;
}

/**
 * Lets somebody in who is not in the invite's group, which is locked (null: it leads to an account). A person counts once.
 * Throws invite_not_found, removed_from_group.
 */
async function passThrough(
  tx: Tx,
  inviteId: string,
  group: GroupRow | null,
  person: Person,
): Promise<GroupChange | null> {
  const invite = await lockOpenInvite(tx, inviteId);
  await refuseRemoved(tx, inviteId, person.user_id);
  const isNew = await tx.$executeRaw(sql`
    INSERT INTO invite_uses (invite_id, user_id) VALUES (${inviteId}::uuid, ${person.user_id}::uuid)
    ON CONFLICT DO NOTHING`);
  if (isNew) await tx.$executeRaw(sql`UPDATE invites SET use_count = use_count + 1 WHERE id = ${inviteId}::uuid`);
  if (group === null) return null;
  await recordAudit(tx, {
    action: "member.added",
    actor_id: person.user_id,
    user_id: person.user_id,
    conversation_id: group.id,
    address: person.address,
    details: { group: group.name, invite_id: inviteId, invite: invite.label },
  });
  return addMember(tx, group, person.user_id);
}

async function isMember(tx: Tx, conversationId: string, userId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>(sql`
    SELECT 1 FROM conversation_members
     WHERE conversation_id = ${conversationId}::uuid AND user_id = ${userId}::uuid`);
  return rows.length > 0;
}
