import type { Session } from "@confab/shared/sessions";

export interface SessionRow {
  id: string;
  kind: "browser" | "program";
  device: string;
  address: string;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}

export function presentSession(row: SessionRow, currentId: string): Session {
  return {
    id: row.id,
    kind: row.kind,
    device: row.device,
    address: row.address,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    is_current: row.id === currentId,
  };
}
