import { USERS_PAGE_MAX } from "@confab/shared/limits";
import type { ListAccountsAnswer, ListUsersAnswer } from "@confab/shared/users";
import { type Sql, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Principal } from "../../plugins/session.ts";
import { usernameKey } from "./username-key.ts";
import { type AccountRow, presentAccount, presentPerson } from "./users.present.ts";

export interface UsersPageQuery {
  query?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

/** The people one may start a conversation with, by name: everyone active but the caller. */
export async function listUsers(deps: Deps, caller: Principal, page: UsersPageQuery): Promise<ListUsersAnswer> {
  const active = sql`deactivated_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;
  const { rows, next } = await pageOfUsers(deps, caller, page, active);
  return { users: rows.map(presentPerson), next };
}

/** Every account but the caller's, for administrators. */
export async function listAccounts(deps: Deps, caller: Principal, page: UsersPageQuery): Promise<ListAccountsAnswer> {
  const { rows, next } = await pageOfUsers(deps, caller, page, sql`true`);
  return { accounts: rows.map(presentAccount), next };
}

async function pageOfUsers(deps: Deps, caller: Principal, page: UsersPageQuery, condition: Sql) {
  const limit = page.limit ?? USERS_PAGE_MAX;
  const pattern = `%${usernameKey(page.query ?? "").replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await deps.db.$queryRaw<(AccountRow & { username_key: string })[]>(sql`
    SELECT id, username, username_key, role, email, created_at, expires_at, deactivated_at
      FROM users
     WHERE id <> ${caller.user_id}::uuid AND ${condition}
       AND username_key LIKE ${pattern} AND username_key > ${page.after ?? ""}
     ORDER BY username_key LIMIT ${limit + 1}`);
  const shown = rows.slice(0, limit);
  return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.username_key ?? null) : null };
}
