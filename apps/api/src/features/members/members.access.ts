import type { MemberRole } from "@confab/shared/conversations";
import { type Db, type Sql, sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { noteVisit } from "./visits.ts";

export interface VisibleConversation {
  id: string;
  last_seq: number;
  revision: number;
  /** null: an administrator who is not a member. */
  member_role: MemberRole | null;
}

/**
 * The condition under which a conversation `c`, left-joined to the caller's membership `m`, may be read:
 * membership, or being an administrator.
 */
export function mayRead(principal: Pick<Principal, "role">): Sql {
  return principal.role === "admin" ? sql`true` : sql`m.user_id IS NOT NULL`;
}

/** A conversation the caller may read. Throws conversation_not_found, the same for absent and forbidden. */
export async function getVisibleConversation(tx: Tx, principal: Principal, id: string): Promise<VisibleConversation> {
  const [found] = await tx.$queryRaw<VisibleConversation[]>(sql`
    SELECT c.id, c.last_seq, c.revision, m.role AS member_role
      FROM conversations c
      LEFT JOIN conversation_members m ON m.conversation_id = c.id AND m.user_id = ${principal.user_id}::uuid
     WHERE c.id = ${id}::uuid AND ${mayRead(principal)}`);
  if (!found) throw new AppError("conversation_not_found");
  return found;
}

/** The same for reading what was written in it, which from outside leaves a trace. */
export async function openVisibleConversation(db: Db, principal: Principal, id: string): Promise<VisibleConversation> {
  const found = await getVisibleConversation(db, principal, id);
  if (found.member_role === null) await noteVisit(db, principal, id);
  return found;
}
