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
export function recordAudit(tx: Tx, record: AuditRecord): Promise<void> {
  return recordAudits(tx, [record]);
}

/** The same for an act that concerns many people, in one statement. */
export async function recordAudits(tx: Tx, records: readonly AuditRecord[]): Promise<void> {
  const details = (record: AuditRecord) => (record.details === undefined ? null : JSON.stringify(record.details));
  await tx.$executeRaw(sql`
    INSERT INTO audit_events (id, action, actor_id, user_id, conversation_id, address, details)
    SELECT * FROM unnest(
      ${records.map(() => newId())}::uuid[], ${records.map((record) => record.action)}::text[],
      ${records.map((record) => record.actor_id)}::uuid[], ${records.map((record) => record.user_id ?? null)}::uuid[],
      ${records.map((record) => record.conversation_id ?? null)}::uuid[],
      ${records.map((record) => record.address)}::text[], ${records.map(details)}::jsonb[])`);
}
