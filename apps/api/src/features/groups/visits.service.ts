import type { MemberRole } from "@confab/shared/conversations";
import type { Visit } from "@confab/shared/groups";
import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { type PersonRow, presentPerson } from "../users/users.present.ts";

const VISITS_SHOWN = 50;

/**
 * Which administrators read in a conversation without being in it, the newest first: for the owners of a group and both
 * people of a direct conversation. Throws owner_required, and conversation_not_found for whoever is not in it.
 */
export async function listVisits(deps: Deps, principal: Principal, conversationId: string): Promise<Visit[]> {
  const [own] = await ask<{ kind: "direct" | "group"; role: MemberRole }>(
    deps.db,
    sql`
    SELECT c.kind, m.role FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE c.id = ${conversationId}::uuid AND m.user_id = ${principal.user_id}::uuid`,
  );
  if (!own) throw new AppError("conversation_not_found");
  if (own.kind === "group" && own.role !== "owner") throw new AppError("owner_required");
  const rows = await ask<{ at: Date } & { [Column in keyof PersonRow]: PersonRow[Column] | null }>(
    deps.db,
    sql`
    SELECT e.at, u.id, u.username, u.role FROM audit_events e LEFT JOIN users u ON u.id = e.actor_id
     WHERE e.conversation_id = ${conversationId}::uuid AND e.action = 'conversation.visited'
     ORDER BY e.at DESC, e.id DESC LIMIT ${VISITS_SHOWN}`,
  );
  return rows.map(({ at, ...user }) => ({
    user: user.id === null ? null : presentPerson(user as PersonRow),
    at: at.toISOString(),
  }));
}
