import type { ErrorCode } from "@confab/shared/errors";
import type { Role } from "@confab/shared/users";
import type { WorkspaceSettings } from "@confab/shared/workspace";
import { ask, sql, type Tx } from "../../core/db.ts";

/**
 * Why an account cannot be made a user's in place, or null if it can. Where accounts need an invitation, a guest who once
 * came in by a link has had one, whatever has become of the link.
 */
export async function findClaimRefusal(
  tx: Tx,
  account: { id: string; role: Role },
  { registration }: WorkspaceSettings,
): Promise<ErrorCode | null> {
  if (account.role !== "guest") return "guest_required";
  if (registration === "closed") return "registration_closed";
  return registration === "open" || (await isInvited(tx, account.id)) ? null : "invite_required";
}

async function isInvited(tx: Tx, userId: string): Promise<boolean> {
  const uses = await ask(tx, sql`SELECT 1 FROM invite_uses WHERE user_id = ${userId}::uuid LIMIT 1`);
  return uses.length > 0;
}
