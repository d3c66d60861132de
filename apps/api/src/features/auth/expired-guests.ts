import type { Person } from "@confab/shared/users";
import { announce } from "../../core/announce.ts";
import { ask, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { GroupChange } from "../groups/group-change.ts";
import { announceLeft, LEAVING_MS, leaveAllGroups, lockAllGroups } from "../groups/leave-all-groups.ts";
import { announceUser } from "../members/announce-user.ts";
import type { Audiences } from "../members/audiences.ts";

/** What a guest is called whose time is up. */
const GONE = { username: "Guest", role: "guest" } as const satisfies Omit<Person, "id">;

/**
 * Guests whose time is up lose their name, which others may take again, and their places in groups. What they wrote
 * stays, under "Guest". They could not sign in any more before this; it only tidies up. Returns how many there were.
 */
export async function retireExpiredGuests(deps: Deps & { audiences: Audiences }): Promise<number> {
  const guests = await ask<{ id: string }>(
    deps.db,
    sql`
    SELECT id FROM users WHERE role = 'guest' AND expires_at <= now() AND deleted_at IS NULL`,
  );
  for (const { id } of guests) {
    try {
      await retireExpiredGuest(deps, id);
    } catch (error) {
      // Tried again in a minute; the others must not wait for this one.
      deps.log.error({ err: error, user_id: id }, "a guest could not be retired");
    }
  }
  return guests.length;
}

/** The same for one of them, at once. */
export async function retireExpiredGuest(deps: Deps & { audiences: Audiences }, id: string): Promise<void> {
  // Asked before they leave: the groups they were in show their messages.
  const formerly = await deps.audiences.around(id);
  const left = await deps.db.$transaction((tx) => retire(tx, id), { timeout: LEAVING_MS });
  if (!left) return;
  await announce(deps.log, async () => {
    deps.hub.disconnect({ userId: id }, "session_ended");
    await announceLeft(deps, left);
    await announceUser(deps, { id, ...GONE }, formerly);
  });
}

/** The groups they left; null if they are not to be retired (any more). */
async function retire(tx: Tx, id: string): Promise<GroupChange[] | null> {
  const groups = await lockAllGroups(tx, id);
  // Another node may have been at it, or they have made their visit an account: whoever got the row went first.
  const due = await tx.$queryRaw<unknown[]>(sql`
    SELECT 1 FROM users WHERE id = ${id}::uuid AND role = 'guest' AND expires_at <= now() AND deleted_at IS NULL`);
  if (due.length === 0) return null;
  const left = await leaveAllGroups(tx, id, groups);
  await tx.$executeRaw(sql`
    UPDATE users SET username = ${GONE.username}, username_key = 'guest ' || id, deactivated_at = now(), deleted_at = now()
     WHERE id = ${id}::uuid`);
  await tx.$executeRaw(sql`DELETE FROM sessions WHERE user_id = ${id}::uuid`);
  return left;
}
