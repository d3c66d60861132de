import { recordAudit } from "../../core/audit.ts";
import { type Db, sql } from "../../core/db.ts";
import type { Principal } from "../../plugins/session.ts";

/**
 * Notes that an administrator reads in a conversation without being in it, once an hour: whoever is in it can see who
 * looked in. It is noted before anything is shown; what cannot be noted is not shown.
 */
export async function noteVisit(db: Db, principal: Principal, conversationId: string): Promise<void> {
  const visit = {
    action: "conversation.visited",
    actor_id: principal.user_id,
    conversation_id: conversationId,
  } as const;
  await db.$transaction(async (tx) => {
    // A page asks for several things at once: one of the requests notes the visit, the others wait and find it.
    const name = `confab visit ${principal.user_id} ${conversationId}`;
    await tx.$executeRaw(sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
    const recent = await tx.$queryRaw<unknown[]>(sql`
      SELECT 1 FROM audit_events
       WHERE conversation_id = ${conversationId}::uuid AND actor_id = ${principal.user_id}::uuid
         AND action = ${visit.action} AND at > now() - interval '1 hour' LIMIT 1`);
    if (recent.length === 0) await recordAudit(tx, { ...visit, address: principal.address });
  });
}
