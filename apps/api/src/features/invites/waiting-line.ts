import { AppError, isDatabaseAway } from "../../core/errors.ts";

/** People in all lines together: a workshop may come at once. */
const WAITING_MAX = 300;

const lines = new Map<string, Promise<unknown>>();
let waiting = 0;

/**
 * Does the work of those who come by one link one after another. A crowd that comes at once would otherwise wait for the
 * same row on every connection to the database, and nobody else would get one. What makes a limit of uses hold is the row's
 * lock all the same: other nodes have lines of their own. When the database goes away, nobody in the line waits for it
 * alone: all hear so at once. Throws server_busy when the lines are too long.
 */
export async function inLine<Result>(inviteId: string, work: () => Promise<Result>): Promise<Result> {
  if (waiting >= WAITING_MAX) throw new AppError("server_busy");
  waiting += 1;
  const before = lines.get(inviteId) ?? Promise.resolve();
  const mine = before.then(work, (error: unknown) => {
    if (isDatabaseAway(error)) throw error;
    return work();
  });
  lines.set(inviteId, mine);
  try {
    return await mine;
  } finally {
    waiting -= 1;
    if (lines.get(inviteId) === mine) lines.delete(inviteId);
  }
}
