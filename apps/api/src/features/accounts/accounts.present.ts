import type { Account } from "@confab/shared/accounts";
import { type PersonRow, presentPerson } from "../users/users.present.ts";

export interface AccountRow extends PersonRow {
  email: string | null;
  created_at: Date;
  last_used_at: Date | null;
  session_count: number;
  expires_at: Date | null;
  deactivated_at: Date | null;
}

export function presentAccount(row: AccountRow): Account {
  return {
    ...presentPerson(row),
    email: row.email,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
    session_count: row.session_count,
    expires_at: row.expires_at?.toISOString() ?? null,
    deactivated_at: row.deactivated_at?.toISOString() ?? null,
  };
}
