import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Audiences } from "../members/audiences.ts";

interface LeftGroup {
  conversation_id: string;
  revision: number;
  member_version: number;
  member_count: number;
}

/**
 * Guests whose time is up lose their name, which others may take again, and their places in groups. What they wrote
 * stays, under "Guest". They could not sign in any more before this; it only tidies up. Returns how many there were.
 */
export async function retireExpiredGuests(deps: Deps & { audiences: Audiences }): Promise<number> {
  const guests = await deps.db.$queryRaw<{ id: string }[]>(sql`
    SELECT id FROM users WHERE role = 'guest' AND expires_at <= now() AND deactivated_at IS NULL`);
  for (const { id } of guests) {
    const left = await deps.db.$transaction((tx) => retireGuest(tx, id));
    for (const group of left)
      deps.hub.publish(await deps.audiences.of(group.conversation_id, group.member_version), {
        type: "member.removed",
        ...group,
        user_id: id,
      });
  }
  return guests.length;
}

async function retireGuest(tx: Tx, id: string): Promise<LeftGroup[]> {
  // Another node may be at it too: whoever gets the row does the rest.
  const retired = await tx.$executeRaw(sql`
    UPDATE users SET username = 'Guest', username_key = 'guest ' || id, deactivated_at = now()
     WHERE id = ${id}::uuid AND deactivated_at IS NULL`);
  if (retired === 0) return [];
  await tx.$executeRaw(sql`DELETE FROM sessions WHERE user_id = ${id}::uuid`);
  // Locked in order of id, as the writer does: two that lock several must not wait for each other.
  await tx.$queryRaw(sql`
    SELECT c.id FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE m.user_id = ${id}::uuid AND c.kind = 'group' ORDER BY c.id FOR NO KEY UPDATE OF c`);
  return tx.$queryRaw<LeftGroup[]>(sql`
    WITH removed AS (
      DELETE FROM conversation_members m USING conversations c
       WHERE c.id = m.conversation_id AND c.kind = 'group' AND m.user_id = ${id}::uuid
      RETURNING m.conversation_id
    )
    UPDATE conversations c
       SET revision = revision + 1, member_version = member_version + 1, member_count = member_count - 1
      FROM removed WHERE c.id = removed.conversation_id
    RETURNING c.id AS conversation_id, revision, member_version, member_count`);
}
