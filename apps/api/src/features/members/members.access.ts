import type { MemberRole } from "@confab/shared/conversations";
import { ask, type Db, type Sql, sql, type Tx, toList } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { joinQuestions } from "../../core/join-questions.ts";
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
  const found = await findAsSeen(tx, { id, user_id: principal.user_id });
  if (!found || (found.member_role === null && principal.role !== "admin"))
    throw new AppError("conversation_not_found");
  return found;
}

/** Conversations with what somebody is in them, whether that somebody may read them or not. */
const findAsSeen = joinQuestions<{ id: string; user_id: string }, VisibleConversation | undefined>(
  500,
  async (tx, questions) => {
    const rows = await ask<VisibleConversation & { n: number }>(
      tx,
      sql`
      SELECT c.id, c.last_seq, c.revision, m.role AS member_role, asked.n::int AS n
        FROM unnest(${toList(questions.map(({ id }) => id))}::uuid[],
                    ${toList(questions.map(({ user_id }) => user_id))}::uuid[])
             WITH ORDINALITY AS asked(id, user_id, n)
        JOIN conversations c ON c.id = asked.id
        LEFT JOIN conversation_members m ON m.conversation_id = c.id AND m.user_id = asked.user_id`,
    );
    const found: (VisibleConversation | undefined)[] = questions.map(() => undefined);
    for (const { n, ...conversation } of rows) found[n - 1] = conversation;
    return found;
  },
);

/** The same for reading what was written in it, which from outside leaves a trace. */
export async function openVisibleConversation(db: Db, principal: Principal, id: string): Promise<VisibleConversation> {
  const found = await getVisibleConversation(db, principal, id);
  if (found.member_role === null) await noteVisit(db, principal, id);
  return found;
}
