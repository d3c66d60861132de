import type { Account, CreateAccountAnswer, CreateAccountBody } from "@confab/shared/accounts";
import type { AuditAction } from "@confab/shared/audit";
import { announce } from "../../core/announce.ts";
import { recordAudit } from "../../core/audit.ts";
import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { insertAccount } from "../auth/accounts.ts";
import { retireExpiredGuest } from "../auth/expired-guests.ts";
import { announceJoinedEveryone, joinEveryoneGroup, lockEveryoneGroup } from "../conversations/everyone-group.ts";
import { announceUser } from "../members/announce-user.ts";
import type { Audiences } from "../members/audiences.ts";
import { announceEnded, endSessions } from "../sessions/sessions.ts";
import { keepAnAdministrator } from "../users/last-administrator.ts";
import { presentPerson } from "../users/users.present.ts";
import { getAccount, lockAccount } from "./accounts.access.ts";
import { insertPasswordReset } from "./password-resets.service.ts";

type AccountDeps = Deps & { audiences: Audiences };

/** An account without a password, and the link by which its owner sets one. Throws username_taken, email_taken. */
export async function createAccount(
  deps: AccountDeps,
  principal: Principal,
  body: CreateAccountBody,
): Promise<CreateAccountAnswer> {
  const { made, ...answer } = await deps.db.$transaction(async (tx) => {
    const inserted = await insertAccount(tx, { ...body, passwordHash: null, ttlHours: null });
    const password_reset = await insertPasswordReset(tx, inserted.id);
    await noteAct(tx, principal, "account.created", inserted, { role: body.role });
    return { made: inserted, account: await getAccount(tx, inserted.id), password_reset };
  });
  await announce(deps.log, () => announceJoinedEveryone(deps, made.joined, presentPerson(made)));
  return answer;
}

/**
 * Gives somebody another role, oneself included. A guest who is given one stays for good, and comes into "General".
 * Throws user_not_found, last_administrator.
 */
export async function changeRole(
  deps: AccountDeps,
  principal: Principal,
  id: string,
  role: "admin" | "user",
): Promise<Account> {
  const { account, change } = await deps.db.$transaction(async (tx) => {
    if (role !== "admin") await keepAnAdministrator(tx, id);
    await lockEveryoneGroup(tx);
    const before = await lockAccount(tx, id);
    if (before.role === role) return { account: await getAccount(tx, id), change: null };
    await tx.$executeRaw(sql`UPDATE users SET role = ${role}::role, expires_at = NULL WHERE id = ${id}::uuid`);
    const joined = before.role === "guest" ? await joinEveryoneGroup(tx, id) : null;
    await noteAct(tx, principal, "account.role_changed", before, { from: before.role, to: role });
    return { account: await getAccount(tx, id), change: { joined } };
  });
  if (change)
    await announce(deps.log, async () => {
      await announceJoinedEveryone(deps, change.joined, presentPerson(account));
      await announceUser(deps, presentPerson(account));
    });
  return account;
}

/**
 * Signs somebody out everywhere and lets them in no more. Their places and messages stay. Again, it changes nothing.
 * Throws user_not_found, last_administrator.
 */
export async function deactivateAccount(deps: Deps, principal: Principal, id: string): Promise<Account> {
  const { after, ended } = await deps.db.$transaction(async (tx) => {
    await keepAnAdministrator(tx, id);
    const account = await lockAccount(tx, id);
    if (account.is_deactivated) return { after: await getAccount(tx, id), ended: [] };
    await tx.$executeRaw(sql`UPDATE users SET deactivated_at = now() WHERE id = ${id}::uuid`);
    // A link that is still out must not open the account the day it is reactivated.
    await tx.$executeRaw(sql`DELETE FROM password_resets WHERE user_id = ${id}::uuid`);
    const sessions = await endSessions(tx, id);
    await noteAct(tx, principal, "account.deactivated", account);
    return { after: await getAccount(tx, id), ended: sessions };
  });
  announceEnded(deps, ended);
  return after;
}

/** Lets somebody in again. Again, it changes nothing. Throws user_not_found. */
export function reactivateAccount(deps: Deps, principal: Principal, id: string): Promise<Account> {
  return deps.db.$transaction(async (tx) => {
    const account = await lockAccount(tx, id);
    if (!account.is_deactivated) return getAccount(tx, id);
    await tx.$executeRaw(sql`UPDATE users SET deactivated_at = NULL WHERE id = ${id}::uuid`);
    await noteAct(tx, principal, "account.reactivated", account);
    return getAccount(tx, id);
  });
}

/**
 * Ends a guest's visit now, as its time would have done later, and gives the account as it was at its end: after it the
 * guest is in no list. Throws user_not_found, guest_required.
 */
export async function expireGuest(deps: AccountDeps, principal: Principal, id: string): Promise<Account> {
  const { account, ended } = await deps.db.$transaction(async (tx) => {
    const guest = await lockAccount(tx, id);
    if (guest.role !== "guest") throw new AppError("guest_required");
    const sessions = await endSessions(tx, id);
    // Not now(), when the transaction began: whoever began before another that has cut the visit short would do so again.
    const cutShort = await tx.$executeRaw(sql`
      UPDATE users SET expires_at = clock_timestamp() WHERE id = ${id}::uuid AND expires_at > clock_timestamp()`);
    if (cutShort > 0) await noteAct(tx, principal, "account.expired", guest);
    return { account: await getAccount(tx, id), ended: sessions };
  });
  announceEnded(deps, ended);
  // The visit is over; what cannot be tidied now is tidied in a minute.
  await announce(deps.log, () => retireExpiredGuest(deps, id));
  return account;
}

/** Signs somebody out everywhere. Throws user_not_found. */
export async function endSessionsOf(deps: Deps, principal: Principal, id: string): Promise<void> {
  const ended = await deps.db.$transaction(async (tx) => {
    const account = await lockAccount(tx, id);
    const sessions = await endSessions(tx, id);
    if (sessions.length > 0)
      await noteAct(tx, principal, "session.ended", account, { count: sessions.length, scope: "all" });
    return sessions;
  });
  announceEnded(deps, ended);
}

/** Notes what an administrator did, under the name the account has at that moment. */
function noteAct(
  tx: Tx,
  principal: Principal,
  action: AuditAction,
  account: { id: string; username: string },
  details: Record<string, unknown> = {},
): Promise<void> {
  return recordAudit(tx, {
    action,
    actor_id: principal.user_id,
    user_id: account.id,
    address: principal.address,
    details: { name: account.username, ...details },
  });
}
