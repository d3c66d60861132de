/** A tab that has been put to sleep may hold its turn for hours. */
const PATIENCE_MS = 5_000;
/** What the tab before has said about its turn comes by another way than the turn itself, and perhaps a moment later. */
const HEARING_MS = 50;

/**
 * Lets the tabs of this browser do something one after the other, so that the second can see that the first has done
 * it. A courtesy and no guarantee: over plain HTTP there are no locks, and patience has an end.
 */
export async function inTurn<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  const { locks } = navigator;
  if (locks === undefined) return act();
  const done = await locks.request(name, { ifAvailable: true }, async (lock) => lock && { result: await act() });
  if (done !== null) return done.result;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let begun: Promise<Result> | undefined;
  try {
    await locks.request(name, { signal }, async () => {
      await new Promise((resolve) => setTimeout(resolve, HEARING_MS));
      begun = act();
      await begun;
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return begun ?? act();
}
