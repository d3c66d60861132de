const TICK_MS = 2_000;
/** A busy page is late by less. A page that nobody looks at may be made to tick once a minute; to look then is no harm. */
const LATE_MS = 10_000;

/**
 * Calls back within two seconds after this device or page was asleep. Timers stand still meanwhile and the clock goes
 * on; nothing else tells a page so that was in view when it fell asleep. Returns what ends the watch.
 */
export function watchWaking(onWake: () => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > TICK_MS + LATE_MS) onWake();
    last = now;
  }, TICK_MS);
  return () => clearInterval(timer);
}
