import type { Me, Person, Role } from "@confab/shared/users";
import type { WorkspaceSettings } from "@confab/shared/workspace";
import { mayCreateGroup } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";

export interface PersonRow {
  id: string;
  username: string;
  role: Role;
}

export function presentPerson(row: PersonRow): Person {
  return { id: row.id, username: row.username, role: row.role };
}

/** `canClaim`: see findClaimRefusal. */
export function presentMe(principal: Principal, settings: WorkspaceSettings, canClaim: boolean): Me {
  return {
    id: principal.user_id,
    username: principal.username,
    role: principal.role,
    email: principal.email,
    expires_at: principal.expires_at?.toISOString() ?? null,
    language: principal.language,
    can: {
      start_direct: principal.role !== "guest",
      create_group: mayCreateGroup(principal.role, settings),
      list_users: principal.role !== "guest",
      manage_workspace: principal.role === "admin",
      claim_account: canClaim,
    },
  };
}
