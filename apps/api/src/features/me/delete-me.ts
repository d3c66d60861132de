import type { DeleteMeBody } from "@confab/shared/users";
import { announce } from "../../core/announce.ts";
import { recordAudit } from "../../core/audit.ts";
import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { invalidField } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { announceLeft, LEAVING_MS, leaveAllGroups, lockAllGroups } from "../groups/leave-all-groups.ts";
import { announceUser } from "../members/announce-user.ts";
import type { Audiences } from "../members/audiences.ts";
import { announceEnded, endSessions } from "../sessions/sessions.ts";
import { keepAnAdministrator } from "../users/last-administrator.ts";
import { checkOwnPassword, getOwnAccount, lockOwnAccount, type OwnAccount } from "./me.access.ts";

/** What somebody is called who deleted their account. */
const GONE = "Deleted user";

/**
 * Deletes the caller's account. It loses name, address, password, sessions and places in groups; messages and direct
 * conversations stay, under "Deleted user". The name is free for others. Throws request_invalid (another name, no
 * password), password_wrong, last_administrator.
 */
export async function deleteMe(
  deps: Deps & { audiences: Audiences },
  principal: Principal,
  body: DeleteMeBody,
): Promise<void> {
  const account = await getOwnAccount(deps.db, principal);
  if (body.username.normalize("NFKC").trim() !== account.username)
    throw invalidField("username", "must be your own name");
  if (account.password_hash !== null) await checkOwnPassword(account, body.password);
  // Asked before they leave: the groups they were in show their messages.
  const formerly = await deps.audiences.around(account.id);
  const { user, left, ended } = await deps.db.$transaction((tx) => removePerson(tx, principal, account), {
    timeout: LEAVING_MS,
  });
  announceEnded(deps, ended);
  await announce(deps.log, async () => {
    await announceLeft(deps, left);
    await announceUser(deps, user, formerly);
  });
}

async function removePerson(tx: Tx, principal: Principal, known: OwnAccount) {
  await keepAnAdministrator(tx, known.id);
  const groups = await lockAllGroups(tx, known.id);
  const { id, role } = await lockOwnAccount(tx, principal, known);
  const left = await leaveAllGroups(tx, id, groups);
  // Nobody administers without a name.
  const roleAfter = role === "admin" ? "user" : role;
  await tx.$executeRaw(sql`
    UPDATE users SET username = ${GONE}, username_key = ${`${GONE.toLowerCase()} ${id}`}, email = NULL,
           password_hash = NULL, role = ${roleAfter}::role, deactivated_at = now(), deleted_at = now()
     WHERE id = ${id}::uuid`);
  const ended = await endSessions(tx, id);
  await tx.$executeRaw(sql`DELETE FROM password_resets WHERE user_id = ${id}::uuid`);
  await recordAudit(tx, {
    action: "account.deleted",
    actor_id: id,
    user_id: id,
    address: principal.address,
    details: { role },
  });
  return { user: { id, username: GONE, role: roleAfter }, left, ended };
}
