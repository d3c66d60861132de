import type { AuditAction } from "@confab/shared/audit";
import { newId } from "@confab/shared/ids";
import { sql, type Tx } from "./db.ts";

export interface AuditRecord {
  readonly action: AuditAction;
  /** Who did it; null when the server did. */
  readonly actor_id: string | null;
  /** Whom it concerns. */
  readonly user_id?: string | null;
  readonly conversation_id?: string | null;
  readonly address: string | null;
  /** What the ids alone do not say. Never a secret, never a message's content. */
  readonly details?: Record<string, unknown>;
}

/** Notes what somebody did, in the transaction of the act: neither happens without the other. */
export async function recordAudit(tx: Tx, record: AuditRecord): Promise<void> {
  const details = record.details === undefined ? null : JSON.stringify(record.details);
  await tx.$executeRaw(sql`
    INSERT INTO audit_events (id, action, actor_id, user_id, conversation_id, address, details)
    VALUES (${newId()}::uuid, ${record.action}, ${record.actor_id}::uuid, ${record.user_id ?? null}::uuid,
            ${record.conversation_id ?? null}::uuid, ${record.address}, ${details}::jsonb)`);
}
