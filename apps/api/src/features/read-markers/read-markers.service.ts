import type { ReadMarker } from "@confab/shared/messages";
import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";

/**
 * Moves the caller's read marker forward (never back, never past the newest message), and tells all connections of
 * that person. Throws conversation_not_found for anyone but a member.
 */
export async function moveReadMarker(
  deps: Pick<Deps, "db" | "hub">,
  principal: Principal,
  conversationId: string,
  seq: number,
): Promise<ReadMarker> {
  const mine = sql`m.conversation_id = ${conversationId}::uuid AND m.user_id = ${principal.user_id}::uuid`;
  // Two statements: the second must see everything committed before the row lock was got, or a message sent by the
  // same person at this moment would be counted as unread.
  const [marker] = await deps.db.$transaction(async (tx) => {
    await tx.$queryRaw(sql`SELECT 1 FROM conversation_members m WHERE ${mine} FOR NO KEY UPDATE`);
    return tx.$queryRaw<ReadMarker[]>(sql`
      UPDATE conversation_members m
         SET read_seq = place.seq,
             uncounted = (SELECT count(*) FROM messages x WHERE x.conversation_id = m.conversation_id
                           AND x.seq > place.seq AND (x.sender_id = m.user_id OR x.deleted_at IS NOT NULL))
        FROM (SELECT c.id, c.last_seq, least(c.last_seq, greatest(m.read_seq, ${seq}::int)) AS seq
                FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
               WHERE ${mine}) place
       WHERE ${mine} AND place.id = m.conversation_id
      RETURNING m.conversation_id, m.read_seq, place.last_seq, place.last_seq - m.read_seq - m.uncounted AS unread`);
  });
  if (!marker) throw new AppError("conversation_not_found");
  deps.hub.publish([principal.user_id], { type: "read_marker.moved", ...marker });
  return marker;
}
