import type { Role } from "@confab/shared/users";
import { ask, type Sql, sql, type Tx } from "../../core/db.ts";
import { AppError, invalidField } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { isPasswordRight } from "../auth/password.ts";
import { IS_ACTIVE } from "../users/users.service.ts";

export interface OwnAccount {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly password_hash: string | null;
}

/** The caller's account as it is now. Throws sign_in_required if it cannot be used any more. */
export function getOwnAccount(tx: Tx, principal: Principal): Promise<OwnAccount> {
  return loadOwnAccount(tx, principal, sql``);
}

/**
 * The caller's account, locked: until the commit it is neither deleted nor retired, nor claimed a second time. With
 * `known`, it still has the password that was checked before the transaction. Throws sign_in_required, password_wrong.
 */
export async function lockOwnAccount(tx: Tx, principal: Principal, known?: OwnAccount): Promise<OwnAccount> {
  const account = await loadOwnAccount(tx, principal, sql`FOR UPDATE`);
  if (known && known.password_hash !== account.password_hash) throw new AppError("password_wrong");
  return account;
}

async function loadOwnAccount(tx: Tx, principal: Principal, lock: Sql): Promise<OwnAccount> {
  const [account] = await ask<OwnAccount>(
    tx,
    sql`
    SELECT u.id, u.username, u.role, u.password_hash FROM users u
     WHERE u.id = ${principal.user_id}::uuid AND ${IS_ACTIVE} ${lock}`,
  );
  if (!account) throw new AppError("sign_in_required");
  return account;
}

/** Throws password_wrong, server_busy, and request_invalid if an account that has a password was given none. */
export async function checkOwnPassword(account: OwnAccount, password: string | undefined): Promise<void> {
  if (password === undefined) throw invalidField("password", "is required");
  if (!(await isPasswordRight(account.password_hash, password))) throw new AppError("password_wrong");
}
