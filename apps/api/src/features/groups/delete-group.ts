import { announce } from "../../core/announce.ts";
import { recordAudit } from "../../core/audit.ts";
import { sql, type Tx } from "../../core/db.ts";
import { AppError, invalidField } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import type { GroupDeps } from "./group-members.service.ts";
import { getKeptGroup, lockKeptGroup, refuseEveryone, type SeenGroup } from "./groups.access.ts";

/** Messages deleted by one statement: a fraction of the time a statement may take, on a slow and busy machine too. */
const PART = 5_000;
/** For tens of millions of messages. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Deletes a group with all that is in it, for good and as one act. Its name, typed, confirms it. Throws request_invalid
 * naming `name`, group_of_everyone, and what lockKeptGroup throws.
 */
export async function deleteGroup(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  typedName: string,
): Promise<void> {
  const memberIds = await deps.db.$transaction(
    async (tx) => {
      const { last_seq } = checkDeletable(await getKeptGroup(tx, principal, groupId), typedName);
      await claimDeletion(tx, groupId);
      // The group is not locked yet: whoever sends to it meanwhile, and all who send in the same batch, would wait.
      for (let after = 0; after < last_seq; after += PART)
        await tx.$executeRaw(sql`
          DELETE FROM messages WHERE conversation_id = ${groupId}::uuid AND seq > ${after} AND seq <= ${after + PART}`);
      const group = checkDeletable(await lockKeptGroup(tx, principal, groupId), typedName);
      const members = await tx.$queryRaw<{ user_id: string }[]>(sql`
        DELETE FROM conversation_members WHERE conversation_id = ${groupId}::uuid RETURNING user_id`);
      await tx.$executeRaw(sql`DELETE FROM conversations WHERE id = ${groupId}::uuid`);
      await recordAudit(tx, {
        action: "group.deleted",
        actor_id: principal.user_id,
        conversation_id: groupId,
        address: principal.address,
        details: { name: group.name, members: group.member_count, messages: group.last_seq },
      });
      return members.map((member) => member.user_id);
    },
    { timeout: PATIENCE_MS },
  );
  await announce(deps.log, async () => {
    // Asked for so that it is forgotten who was in it.
    await deps.audiences.of(groupId);
    deps.hub.publish(memberIds, { type: "conversation.left", conversation_id: groupId, member_version: null });
  });
}

function checkDeletable(group: SeenGroup, typedName: string): SeenGroup {
  refuseEveryone(group);
  if (typedName.normalize("NFC").trim() !== group.name) throw invalidField("name", "is not the name of the group");
  return group;
}

/** Of two who delete a group at once the second would wait for every message; for them it is gone. */
async function claimDeletion(tx: Tx, groupId: string): Promise<void> {
  const [claim] = await tx.$queryRaw<{ is_ours: boolean }[]>(sql`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`confab delete ${groupId}`}, 0)) AS is_ours`);
  if (!claim?.is_ours) throw new AppError("conversation_not_found");
}
