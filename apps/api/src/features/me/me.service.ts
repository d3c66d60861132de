import type { AuditAction } from "@confab/shared/audit";
import type { ChangeEmailBody, ChangePasswordBody, Me, UpdateMeBody } from "@confab/shared/users";
import { announce } from "../../core/announce.ts";
import { type AuditRecord, recordAudit } from "../../core/audit.ts";
import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError, sqlStateOf } from "../../core/errors.ts";
import { findPrincipalOfSession, type Principal } from "../../plugins/session.ts";
import { RESERVED_KEYS } from "../auth/accounts.ts";
import { hashPassword } from "../auth/password.ts";
import { announceUser } from "../members/announce-user.ts";
import type { Audiences } from "../members/audiences.ts";
import { announceEnded, endSessions } from "../sessions/sessions.ts";
import { usernameKey } from "../users/username-key.ts";
import { describeMe } from "../users/users.service.ts";
import { checkOwnPassword, getOwnAccount, lockOwnAccount } from "./me.access.ts";

/** The caller as of now: what the request began with has been changed by it. Throws sign_in_required. */
export async function readMe(deps: Deps, principal: Principal): Promise<Me> {
  const now = await findPrincipalOfSession(deps.db, principal.session_id, principal.address);
  if (!now) throw new AppError("sign_in_required");
  return describeMe(deps, now);
}

/** Changes the caller's name or language. Throws username_taken. */
export async function updateMe(
  deps: Deps & { audiences: Audiences },
  principal: Principal,
  { username, language }: UpdateMeBody,
): Promise<Me> {
  if (username !== undefined && RESERVED_KEYS.has(usernameKey(username))) throw new AppError("username_taken");
  const changed = await whereFree("username_taken", () =>
    deps.db.$transaction(async (tx) => {
      const before = await lockOwnAccount(tx, principal);
      const name = username ?? before.username;
      await tx.$executeRaw(sql`
        UPDATE users SET username = ${name}, username_key = ${usernameKey(name)},
               language = coalesce(${language ?? null}, language)
         WHERE id = ${before.id}::uuid`);
      if (name === before.username) return null;
      const details = { from: before.username, to: name };
      await recordAudit(tx, ownAct(principal, "account.renamed", details));
      return { id: before.id, username: name, role: before.role };
    }),
  );
  if (changed) await announce(deps.log, () => announceUser(deps, changed));
  return readMe(deps, principal);
}

/**
 * Changes the caller's address. That it was changed is noted, and neither address: whoever deletes the account takes theirs
 * along. Throws password_wrong, email_taken, server_busy.
 */
export async function changeEmail(deps: Deps, principal: Principal, body: ChangeEmailBody): Promise<Me> {
  const account = await getOwnAccount(deps.db, principal);
  await checkOwnPassword(account, body.password);
  await whereFree("email_taken", () =>
    deps.db.$transaction(async (tx) => {
      const { id, username } = await lockOwnAccount(tx, principal, account);
      const changed = await tx.$executeRaw(sql`
        UPDATE users SET email = ${body.email} WHERE id = ${id}::uuid AND email IS DISTINCT FROM ${body.email}`);
      if (changed > 0) await recordAudit(tx, ownAct(principal, "account.email_changed", { name: username }));
    }),
  );
  return readMe(deps, principal);
}

/**
 * Changes the caller's password, and signs them out everywhere else: whoever got in by the old one is out. Throws
 * password_wrong, server_busy.
 */
export async function changePassword(deps: Deps, principal: Principal, body: ChangePasswordBody): Promise<void> {
  const account = await getOwnAccount(deps.db, principal);
  await checkOwnPassword(account, body.password);
  const passwordHash = await hashPassword(body.new_password);
  const ended = await deps.db.$transaction(async (tx) => {
    await lockOwnAccount(tx, principal, account);
    await tx.$executeRaw(sql`UPDATE users SET password_hash = ${passwordHash} WHERE id = ${account.id}::uuid`);
    // A link that is still out would set yet another one.
    await tx.$executeRaw(sql`DELETE FROM password_resets WHERE user_id = ${account.id}::uuid`);
    const sessions = await endSessions(tx, account.id, { except: principal.session_id });
    await recordAudit(tx, ownAct(principal, "password.changed", { sessions_ended: sessions.length }));
    return sessions;
  });
  announceEnded(deps, ended);
}

/** What is noted when somebody changes their own account. */
function ownAct(principal: Principal, action: AuditAction, details: Record<string, unknown>): AuditRecord {
  return { action, actor_id: principal.user_id, user_id: principal.user_id, address: principal.address, details };
}

/** Runs an act whose one unique value somebody else may have, or get at the same moment. */
export async function whereFree<Result>(
  taken: "username_taken" | "email_taken",
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (sqlStateOf(error) === "23505") throw new AppError(taken);
    throw error;
  }
}
