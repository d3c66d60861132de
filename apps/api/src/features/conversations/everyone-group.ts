import { newId } from "@confab/shared/ids";
import type { Person } from "@confab/shared/users";
import { ask, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Audiences } from "../members/audiences.ts";
import { lockConversations } from "./lock-conversations.ts";

export interface JoinedEveryone {
  conversation_id: string;
  revision: number;
  member_version: number;
  member_count: number;
  joined_at: Date;
}

/** Makes sure that the group "General" exists. Safe to call from several nodes at once. */
export async function ensureEveryoneGroup(tx: Tx): Promise<void> {
  await ask(
    tx,
    sql`
    INSERT INTO conversations (id, kind, name, description, joined_by_everyone)
    VALUES (${newId()}::uuid, 'group', 'General', 'Everyone is here.', true)
    ON CONFLICT (joined_by_everyone) DO NOTHING`,
  );
}

/** Locks "General". Call it before the account that is to join it is locked (lockConversations). */
export async function lockEveryoneGroup(tx: Tx): Promise<void> {
  await lockConversations(tx, sql`c.joined_by_everyone`);
}

/**
 * Puts an account that is new, or locked, into "General", in the transaction of the act; what is there already counts as
 * read. Null for somebody who is there. Call announceJoinedEveryone after the commit.
 */
export async function joinEveryoneGroup(tx: Tx, userId: string): Promise<JoinedEveryone | null> {
  const [joined] = await tx.$queryRaw<JoinedEveryone[]>(sql`
    WITH general AS (
      UPDATE conversations c SET revision = revision + 1, member_version = member_version + 1, member_count = member_count + 1
       WHERE joined_by_everyone AND NOT EXISTS (
         SELECT 1 FROM conversation_members m WHERE m.conversation_id = c.id AND m.user_id = ${userId}::uuid)
      RETURNING id, revision, member_version, member_count, last_seq
    ), member AS (
      INSERT INTO conversation_members (conversation_id, user_id, read_seq)
      SELECT id, ${userId}::uuid, last_seq FROM general RETURNING joined_at
    )
    SELECT general.id AS conversation_id, revision, member_version, member_count, joined_at FROM general, member`);
  return joined ?? null;
}

/** Makes someone the owner of "General": the first administrator. */
export async function ownEveryoneGroup(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw(sql`
    UPDATE conversation_members m SET role = 'owner' FROM conversations c
     WHERE c.id = m.conversation_id AND c.joined_by_everyone AND m.user_id = ${userId}::uuid`);
  await tx.$executeRaw(sql`UPDATE conversations SET owner_id = ${userId}::uuid WHERE joined_by_everyone`);
}

/** Tells the members of "General" who came in. */
export async function announceJoinedEveryone(
  deps: Pick<Deps, "hub"> & { audiences: Audiences },
  joined: JoinedEveryone | null,
  user: Person,
): Promise<void> {
  if (!joined) return;
  const { joined_at, ...change } = joined;
  deps.hub.publish(await deps.audiences.of(joined.conversation_id, joined.member_version), {
    type: "member.added",
    ...change,
    member: { user, role: "member", joined_at: joined_at.toISOString() },
  });
}
