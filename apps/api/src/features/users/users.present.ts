import type { Account, Me, Person, Role } from "@confab/shared/users";
import type { Principal } from "../../plugins/session.ts";

export interface PersonRow {
  id: string;
  username: string;
  role: Role;
}

export interface AccountRow extends PersonRow {
  email: string | null;
  created_at: Date;
  expires_at: Date | null;
  deactivated_at: Date | null;
}

export function presentPerson(row: PersonRow): Person {
  return { id: row.id, username: row.username, role: row.role };
}

export function presentMe(principal: Principal): Me {
  return {
    id: principal.user_id,
    username: principal.username,
    role: principal.role,
    email: principal.email,
    expires_at: principal.expires_at?.toISOString() ?? null,
    can: {
      start_direct: principal.role !== "guest",
      create_group: principal.role === "admin",
      list_users: principal.role !== "guest",
      manage_workspace: principal.role === "admin",
    },
  };
}

export function presentAccount(row: AccountRow): Account {
  return {
    ...presentPerson(row),
    email: row.email,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    deactivated_at: row.deactivated_at?.toISOString() ?? null,
  };
}
