import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";

/**
 * Notes that somebody is taken out of a locked group by somebody else: links made before let them in no more. By the clock
 * as it is under the lock, which every link made before has been made under, too.
 */
export async function noteRemoval(tx: Tx, groupId: string, userId: string): Promise<void> {
  await tx.$executeRaw(sql`
    INSERT INTO member_removals (conversation_id, user_id, removed_at)
    VALUES (${groupId}::uuid, ${userId}::uuid, clock_timestamp())`);
}

/** Whoever comes in again, by whatever way, may do so by any link from then on. */
export async function forgetRemovals(tx: Tx, groupId: string, userIds: string[]): Promise<void> {
  await tx.$executeRaw(sql`
    DELETE FROM member_removals WHERE conversation_id = ${groupId}::uuid AND user_id = ANY(${userIds}::uuid[])`);
}

/** Throws removed_from_group for whoever has been taken out of the group of an invite since it was made. */
export async function refuseRemoved(tx: Tx, inviteId: string, userId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>(sql`
    SELECT 1 FROM member_removals r JOIN invites i ON i.conversation_id = r.conversation_id
     WHERE i.id = ${inviteId}::uuid AND r.user_id = ${userId}::uuid AND r.removed_at >= i.created_at`);
  if (rows.length > 0) throw new AppError("removed_from_group");
}
