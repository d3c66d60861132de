import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import type { Audiences } from "../members/audiences.ts";
import { announceGroupChange, GROUP_COLUMNS, type GroupChange, type GroupRow } from "./group-change.ts";
import { takeOut } from "./ownership.ts";

/** How long a transaction may take that leaves all groups: each of them takes some statements. */
export const LEAVING_MS = 60_000;

/**
 * Locks the groups somebody is about to leave, in order of id, as the writer does. Call it before the account is locked:
 * conversations are locked before their people by everybody who locks both, so that no two acts wait for each other.
 */
export async function lockAllGroups(tx: Tx, userId: string): Promise<ReadonlySet<string>> {
  const groups = await tx.$queryRaw<{ id: string }[]>(sql`
    SELECT c.id FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE c.kind = 'group' AND m.user_id = ${userId}::uuid ORDER BY c.id FOR NO KEY UPDATE OF c`);
  return new Set(groups.map((group) => group.id));
}

/**
 * Takes somebody who is gone for good out of all groups, which are locked, as the account is; what they answered for goes
 * to whoever follows. Call announceLeft after the commit. Throws server_busy for somebody who was put into one more group
 * after they were locked: trying again will do.
 */
export async function leaveAllGroups(tx: Tx, userId: string, locked: ReadonlySet<string>): Promise<GroupChange[]> {
  const groups = await tx.$queryRaw<GroupRow[]>(sql`
    SELECT ${GROUP_COLUMNS} FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE c.kind = 'group' AND m.user_id = ${userId}::uuid ORDER BY c.id`);
  if (groups.some((group) => !locked.has(group.id))) throw new AppError("server_busy");
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
