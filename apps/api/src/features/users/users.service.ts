import { USERS_PAGE_MAX } from "@confab/shared/limits";
import type { ListUsersAnswer, Me } from "@confab/shared/users";
import { ask, type Sql, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { readWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";
import { findClaimRefusal } from "./claim-refusal.ts";
import { usernameKey } from "./username-key.ts";
import { type PersonRow, presentMe, presentPerson } from "./users.present.ts";

interface UsersPageQuery {
  query?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

/** A LIKE pattern for names that contain what was typed. */
export function nameContains(typed: string): string {
  return `%${usernameKey(typed).replace(/[\\%_]/g, "\\$&")}%`;
}

/** Whether an account `u` can be used: neither deactivated, nor deleted, nor a guest whose time is up. */
export const IS_ACTIVE: Sql = sql`u.deactivated_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > now())`;

/** The person asking, with what the account may do as things stand now. */
export async function describeMe(deps: Pick<Deps, "db" | "config">, principal: Principal): Promise<Me> {
  const settings = await readWorkspaceSettings(deps.db, deps.config);
  const refusal = await findClaimRefusal(deps.db, { id: principal.user_id, role: principal.role }, settings);
  return presentMe(principal, settings, refusal === null);
}

/** The people one may start a conversation with, by name: everyone active but the caller. */
export async function listUsers(deps: Deps, caller: Principal, page: UsersPageQuery): Promise<ListUsersAnswer> {
  const limit = page.limit ?? USERS_PAGE_MAX;
  const rows = await ask<PersonRow & { username_key: string }>(
    deps.db,
    sql`
    SELECT u.id, u.username, u.username_key, u.role
      FROM users u
     WHERE u.id <> ${caller.user_id}::uuid AND ${IS_ACTIVE}
       AND u.username_key LIKE ${nameContains(page.query ?? "")} AND u.username_key > ${page.after ?? ""}
     ORDER BY u.username_key LIMIT ${limit + 1}`,
  );
  const shown = rows.slice(0, limit);
  return { users: shown.map(presentPerson), next: rows.length > limit ? (shown.at(-1)?.username_key ?? null) : null };
}
