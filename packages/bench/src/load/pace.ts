import { setTimeout as delay } from "node:timers/promises";

/** Later than this, a send is reckoned from when it was due: whoever waited for it did wait. */
const LAG_MS_MAX = 5;
/** How far behind the load may be at the end of its time before it is cut off. */
const OVERTIME = 1.1;

/**
 * Calls `send` at a steady rate, whatever comes back, with the moment from which to count. Returns how many were sent:
 * fewer than were due when this process cannot keep up.
 */
export async function pace(perSecond: number, seconds: number, send: (at: number) => void): Promise<number> {
  const start = performance.now();
  const gap = 1000 / perSecond;
  const total = Math.max(1, Math.round(perSecond * seconds));
  let sent = 0;
  while (sent < total) {
    const now = performance.now();
    if (now - start > seconds * 1000 * OVERTIME + gap) break;
    for (; sent < total && start + sent * gap <= now; sent++) {
      const due = start + sent * gap;
      send(now - due > LAG_MS_MAX ? due : now);
    }
    await delay(Math.max(1, start + sent * gap - performance.now()));
  }
  return sent;
}
