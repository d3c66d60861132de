import type { Invite, InviteUse } from "@confab/shared/invites";
import type { Role } from "@confab/shared/users";
import { type PersonRow, presentPerson } from "../users/users.present.ts";
import { writeInviteToken } from "./invite-tokens.ts";

export interface InviteRow {
  id: string;
  conversation_id: string | null;
  label: string;
  maker_id: string;
  maker_username: string;
  maker_role: Role;
  created_at: Date;
  expires_at: Date | null;
  uses_max: number | null;
  use_count: number;
  revoked_at: Date | null;
  is_open: boolean;
}

/** An invite with its secret, for whoever may hand it out. */
export function presentInvite(row: InviteRow, secret: string): Invite {
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    label: row.label,
    token: writeInviteToken(secret, row.id),
    created_by: { id: row.maker_id, username: row.maker_username, role: row.maker_role },
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    uses_max: row.uses_max,
    use_count: row.use_count,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    is_open: row.is_open,
  };
}

export function presentInviteUse(row: PersonRow & { used_at: Date }): InviteUse {
  return { user: presentPerson(row), used_at: row.used_at.toISOString() };
}
