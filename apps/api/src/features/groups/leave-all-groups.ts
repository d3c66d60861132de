import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { lockConversations } from "../conversations/lock-conversations.ts";
import type { Audiences } from "../members/audiences.ts";
import { announceGroupChange, GROUP_COLUMNS, type GroupChange, type GroupRow } from "./group-change.ts";
import { takeOut } from "./ownership.ts";

/** How long a transaction may take that leaves all groups: each of them takes some statements. */
export const LEAVING_MS = 60_000;

/**
 * Locks all groups of somebody who is going for good, and then the account: from here on nobody can put them into another
 * one. Call it before the account is locked (lockConversations).
 */
export async function lockAllGroups(tx: Tx, userId: string): Promise<GroupRow[]> {
  const mine = sql`c.kind = 'group'
    AND c.id IN (SELECT m.conversation_id FROM conversation_members m WHERE m.user_id = ${userId}::uuid)`;
  await tx.$executeRaw(sql`SAVEPOINT nothing_locked`);
  for (;;) {
    const locked = new Set(await lockConversations(tx, mine));
    await tx.$queryRaw(sql`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR UPDATE`);
    const groups = await tx.$queryRaw<GroupRow[]>(sql`
      SELECT ${GROUP_COLUMNS} FROM conversations c WHERE ${mine} ORDER BY c.id`);
    if (groups.every((group) => locked.has(group.id))) return groups;
    // They were put into one more meanwhile. Locked now it would be out of order: all are let go, and locked again.
    await tx.$executeRaw(sql`ROLLBACK TO SAVEPOINT nothing_locked`);
  }
}

/**
 * Takes somebody out of all their groups, as lockAllGroups has given them; what they answered for goes to whoever follows.
 * Call announceLeft after the commit.
 */
export async function leaveAllGroups(tx: Tx, userId: string, groups: readonly GroupRow[]): Promise<GroupChange[]> {
  const changes: GroupChange[] = [];
  for (const group of groups) changes.push(await takeOut(tx, group, userId));
  return changes;
}

/** Tells the groups, and the person's own connections, of what leaveAllGroups has done. */
export async function announceLeft(
  deps: Pick<Deps, "db" | "hub"> & { audiences: Audiences },
  changes: readonly GroupChange[],
): Promise<void> {
  for (const change of changes) await announceGroupChange(deps, change);
}
