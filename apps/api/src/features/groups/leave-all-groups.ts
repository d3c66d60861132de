import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Audiences } from "../members/audiences.ts";
import { announceGroupChange, GROUP_COLUMNS, type GroupChange, type GroupRow } from "./group-change.ts";
import { takeOut } from "./ownership.ts";

/** How long a transaction may take that leaves all groups: each of them takes some statements. */
export const LEAVING_MS = 60_000;

/**
 * Takes somebody who is gone for good out of all groups; what they answered for goes to whoever follows. Call it before
 * anything else of the account is changed in the transaction: whoever writes a message locks its conversation and then
 * looks at the account, and the two must not wait for each other. Call announceLeft after the commit.
 */
export async function leaveAllGroups(tx: Tx, userId: string): Promise<GroupChange[]> {
  // From here on nobody can put them into another group.
  await tx.$queryRaw(sql`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
  const mine = sql`c.kind = 'group' AND m.user_id = ${userId}::uuid`;
  // Locked in order of id, as the writer does: two that lock several must not wait for each other.
  await tx.$queryRaw(sql`
    SELECT c.id FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE ${mine} ORDER BY c.id FOR NO KEY UPDATE OF c`);
  const groups = await tx.$queryRaw<GroupRow[]>(sql`
    SELECT ${GROUP_COLUMNS} FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE ${mine} ORDER BY c.id`);
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
