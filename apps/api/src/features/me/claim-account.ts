import type { ClaimAccountBody, Me } from "@confab/shared/users";
import { announce } from "../../core/announce.ts";
import { recordAudit } from "../../core/audit.ts";
import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { readWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";
import { hashPassword } from "../auth/password.ts";
import { announceJoinedEveryone, joinEveryoneGroup, lockEveryoneGroup } from "../conversations/everyone-group.ts";
import { announceUser } from "../members/announce-user.ts";
import type { Audiences } from "../members/audiences.ts";
import { findClaimRefusal } from "../users/claim-refusal.ts";
import { lockOwnAccount } from "./me.access.ts";
import { readMe, whereFree } from "./me.service.ts";

/**
 * Makes a guest a user in place: same id, same messages and conversations, and no end. Throws guest_required,
 * registration_closed, invite_required, email_taken, server_busy, and sign_in_required if the visit runs out meanwhile.
 */
export async function claimAccount(
  deps: Deps & { audiences: Audiences },
  principal: Principal,
  body: ClaimAccountBody,
): Promise<Me> {
  const settings = await readWorkspaceSettings(deps.db, deps.config);
  const refusal = await findClaimRefusal(deps.db, { id: principal.user_id, role: principal.role }, settings);
  if (refusal) throw new AppError(refusal);
  const passwordHash = await hashPassword(body.password);
  const { user, joined } = await whereFree("email_taken", () =>
    deps.db.$transaction(async (tx) => {
      await lockEveryoneGroup(tx);
      const { id, username, role } = await lockOwnAccount(tx, principal);
      if (role !== "guest") throw new AppError("guest_required");
      const everyone = await joinEveryoneGroup(tx, id);
      await tx.$executeRaw(sql`
        UPDATE users SET role = 'user', email = ${body.email}, password_hash = ${passwordHash}, expires_at = NULL
         WHERE id = ${id}::uuid`);
      await recordAudit(tx, {
        action: "account.claimed",
        actor_id: id,
        user_id: id,
        address: principal.address,
        details: { name: username },
      });
      return { user: { id, username, role: "user" as const }, joined: everyone };
    }),
  );
  await announce(deps.log, async () => {
    await announceUser(deps, user);
    await announceJoinedEveryone(deps, joined, user);
  });
  return readMe(deps, principal);
}
