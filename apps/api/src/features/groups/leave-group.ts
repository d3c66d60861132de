import { announce } from "../../core/announce.ts";
import { recordAudit } from "../../core/audit.ts";
import type { Tx } from "../../core/db.ts";
import { AppError, invalidField } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import type { MemberRow } from "../members/members.service.ts";
import { announceGroupChange } from "./group-change.ts";
import type { GroupDeps } from "./group-members.service.ts";
import { lockGroup, refuseEveryone, type SeenGroup } from "./groups.access.ts";
import { findSuccessor, getNewOwner, takeOut } from "./ownership.ts";

/**
 * Leaves a group. The owner who answers for it names who does from then on, unless nobody else in it could. Throws
 * successor_required, guest_cannot_own, account_deactivated, member_not_found, request_invalid naming `successor_id`,
 * group_of_everyone, group_required, and conversation_not_found for anyone but a member.
 */
export async function leaveGroup(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  successorId: string | undefined,
): Promise<void> {
  const change = await deps.db.$transaction(async (tx) => {
    const group = await lockGroup(tx, principal, groupId);
    if (group.caller_role === null) throw new AppError("conversation_not_found");
    refuseEveryone(group);
    const successor = await chooseSuccessor(tx, group, principal, successorId);
    await recordAudit(tx, {
      action: "member.left",
      actor_id: principal.user_id,
      user_id: principal.user_id,
      conversation_id: groupId,
      address: principal.address,
      details: { group: group.name, role: group.caller_role },
    });
    return takeOut(tx, group, principal.user_id, { successor, actor: principal });
  });
  await announce(deps.log, () => announceGroupChange(deps, change));
}

/** Who follows somebody who leaves: whom they name, or nobody if there is nobody, or nothing to hand over. */
async function chooseSuccessor(
  tx: Tx,
  group: SeenGroup,
  principal: Principal,
  successorId: string | undefined,
): Promise<MemberRow | null> {
  if (group.owner_id !== principal.user_id) return null;
  if (successorId === principal.user_id) throw invalidField("successor_id", "must be somebody else");
  if (successorId !== undefined) return getNewOwner(tx, group.id, successorId);
  if (await findSuccessor(tx, group, principal.user_id)) throw new AppError("successor_required");
  return null;
}
