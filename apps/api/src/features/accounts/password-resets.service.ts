import type { PasswordResetLink, ResetPasswordBody } from "@confab/shared/accounts";
import { PASSWORD_RESET_HOURS } from "@confab/shared/limits";
import { recordAudit } from "../../core/audit.ts";
import { ask, type Sql, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { hashSecret, newSecret } from "../../core/secrets.ts";
import type { Principal } from "../../plugins/session.ts";
import { hashPassword } from "../auth/password.ts";
import { announceEnded, endSessions } from "../sessions/sessions.ts";
import { IS_ACTIVE } from "../users/users.service.ts";
import { lockAccount } from "./accounts.access.ts";

/** A link for somebody whose account is locked or was made in this transaction; it replaces the one before. */
export async function insertPasswordReset(tx: Tx, userId: string): Promise<PasswordResetLink> {
  const token = newSecret();
  const [made] = await tx.$queryRaw<{ expires_at: Date }[]>(sql`
    INSERT INTO password_resets (user_id, token_hash, expires_at)
    VALUES (${userId}::uuid, ${hashSecret(token)}, now() + make_interval(hours => ${PASSWORD_RESET_HOURS}::int))
    ON CONFLICT (user_id) DO UPDATE
       SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = excluded.created_at
    RETURNING expires_at`);
  if (!made) throw new Error("the password link was not stored");
  return { token, expires_at: made.expires_at.toISOString() };
}

/**
 * A one-time link by which somebody sets a new password; the one before works no more. Throws account_own,
 * user_not_found, user_required, account_deactivated.
 */
export async function createPasswordReset(deps: Deps, principal: Principal, id: string): Promise<PasswordResetLink> {
  // Whoever holds an administrator's browser for a minute must not get their account for good: one's own password is
  // changed by whoever knows it.
  if (id === principal.user_id) throw new AppError("account_own");
  return deps.db.$transaction(async (tx) => {
    const { username, role, is_deactivated } = await lockAccount(tx, id);
    if (role === "guest") throw new AppError("user_required");
    if (is_deactivated) throw new AppError("account_deactivated");
    await recordAudit(tx, {
      action: "password_reset.created",
      actor_id: principal.user_id,
      user_id: id,
      address: principal.address,
      details: { name: username },
    });
    return insertPasswordReset(tx, id);
  });
}

/**
 * Sets a new password by a link, spends the link, and signs its person out everywhere. Gives whose password it is now.
 * Throws password_reset_invalid, server_busy.
 */
export async function resetPassword(deps: Deps, body: ResetPasswordBody, address: string): Promise<string> {
  // Asked first, so that nonsense costs no hashing.
  if (!(await findUser(deps.db, body.token))) throw new AppError("password_reset_invalid");
  const passwordHash = await hashPassword(body.password);
  const { username, ended } = await deps.db.$transaction(async (tx) => {
    // The account is locked before the link, as by whoever makes a new link.
    const user = await findUser(tx, body.token, sql`FOR NO KEY UPDATE OF u`);
    const spent = await tx.$executeRaw(sql`DELETE FROM password_resets WHERE token_hash = ${hashSecret(body.token)}`);
    if (!user || spent === 0) throw new AppError("password_reset_invalid");
    await tx.$executeRaw(sql`UPDATE users SET password_hash = ${passwordHash} WHERE id = ${user.id}::uuid`);
    const sessions = await endSessions(tx, user.id);
    await recordAudit(tx, {
      action: "password.reset",
      actor_id: user.id,
      user_id: user.id,
      address,
      details: { name: user.username },
    });
    return { username: user.username, ended: sessions };
  });
  announceEnded(deps, ended);
  return username;
}

/** Whose password a link sets, while it works. */
async function findUser(tx: Tx, token: string, lock: Sql = sql``): Promise<{ id: string; username: string } | null> {
  const [found] = await ask<{ id: string; username: string }>(
    tx,
    sql`
    SELECT u.id, u.username FROM password_resets r JOIN users u ON u.id = r.user_id
     WHERE r.token_hash = ${hashSecret(token)} AND r.expires_at > now() AND ${IS_ACTIVE} ${lock}`,
  );
  return found ?? null;
}
