import { isDatabaseAway } from "../../core/errors.ts";

const lines = new Map<string, Promise<unknown>>();

/**
 * Does the work of those who come by one link one after another. A crowd that comes at once would otherwise wait for the
 * same row on every connection to the database, and nobody else would get one. What makes a limit of uses hold is the row's
 * lock all the same: other nodes have lines of their own. When the database goes away, nobody in the line waits for it
 * alone: all hear so at once.
 */
export async function inLine<Result>(inviteId: string, work: () => Promise<Result>): Promise<Result> {
  const before = lines.get(inviteId) ?? Promise.resolve();
  const mine = before.then(work, (error: unknown) => {
    if (isDatabaseAway(error)) throw error;
    return work();
  });
  lines.set(inviteId, mine);
  try {
    return await mine;
  } finally {
    if (lines.get(inviteId) === mine) lines.delete(inviteId);
  }
}
