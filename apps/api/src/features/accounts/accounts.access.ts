import type { Account } from "@confab/shared/accounts";
import type { Role } from "@confab/shared/users";
import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { SESSION_HOLDS } from "../../plugins/session.ts";
import { type AccountRow, presentAccount } from "./accounts.present.ts";

/** What an administrator sees of an account `u`, with where its person is signed in as `live`. */
export const ACCOUNT_COLUMNS = sql`u.id, u.username, u.role, u.email, u.created_at, u.expires_at, u.deactivated_at,
  live.last_used_at, live.session_count`;
export const LIVE_SESSIONS = sql`CROSS JOIN LATERAL (
  SELECT max(s.last_used_at) AS last_used_at, count(*)::int AS session_count FROM sessions s
   WHERE s.user_id = u.id AND ${SESSION_HOLDS}) live`;

export interface LockedAccount {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly is_deactivated: boolean;
}

/** An account that stays as it is until the end of the transaction. Throws user_not_found, also for a deleted one. */
export async function lockAccount(tx: Tx, id: string): Promise<LockedAccount> {
  const [found] = await tx.$queryRaw<LockedAccount[]>(sql`
    SELECT u.id, u.username, u.role, u.deactivated_at IS NOT NULL AS is_deactivated
      FROM users u WHERE u.id = ${id}::uuid AND u.deleted_at IS NULL FOR NO KEY UPDATE`);
  if (!found) throw new AppError("user_not_found");
  return found;
}

/** An account as administrators see it. Throws user_not_found. */
export async function getAccount(tx: Tx, id: string): Promise<Account> {
  const [found] = await tx.$queryRaw<AccountRow[]>(sql`
    SELECT ${ACCOUNT_COLUMNS} FROM users u ${LIVE_SESSIONS} WHERE u.id = ${id}::uuid AND u.deleted_at IS NULL`);
  if (!found) throw new AppError("user_not_found");
  return presentAccount(found);
}
