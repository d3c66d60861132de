import { newId } from "@confab/shared/ids";
import { sql, type Tx } from "./db.ts";

export interface AuditRecord {
  readonly action: "session.token_reused";
  /** Who did it; null when the server did. */
  readonly actor_id: string | null;
  /** Whom it concerns. */
  readonly user_id?: string;
  readonly conversation_id?: string;
  readonly address: string | null;
}

/** Notes what somebody did, in the transaction of the act: neither happens without the other. */
export async function recordAudit(tx: Tx, record: AuditRecord): Promise<void> {
  await tx.$executeRaw(sql`
    INSERT INTO audit_events (id, action, actor_id, user_id, conversation_id, address)
    VALUES (${newId()}::uuid, ${record.action}, ${record.actor_id}::uuid, ${record.user_id ?? null}::uuid,
            ${record.conversation_id ?? null}::uuid, ${record.address})`);
}
