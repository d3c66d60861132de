import type { AuditAction, AuditEvent } from "@confab/shared/audit";
import type { Person, Role } from "@confab/shared/users";

export interface AuditRow {
  id: string;
  at: Date;
  action: AuditAction;
  actor_id: string | null;
  actor_username: string | null;
  actor_role: Role | null;
  user_id: string | null;
  user_username: string | null;
  user_role: Role | null;
  conversation_id: string | null;
  conversation_name: string | null;
  address: string | null;
  details: Record<string, unknown> | null;
}

export function presentAuditEvent(row: AuditRow): AuditEvent {
  const { id, action, address, details } = row;
  return {
    id,
    at: row.at.toISOString(),
    action,
    actor: presentNamed(row.actor_id, row.actor_username, row.actor_role),
    user: presentNamed(row.user_id, row.user_username, row.user_role),
    conversation: row.conversation_id === null ? null : { id: row.conversation_id, name: row.conversation_name },
    address,
    details,
  };
}

function presentNamed(id: string | null, username: string | null, role: Role | null): Person | null {
  return id === null || username === null || role === null ? null : { id, username, role };
}
