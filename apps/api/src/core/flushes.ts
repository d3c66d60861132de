/** Who is written to: a connection. */
interface Listener {
  /** Writes what waits for it, if anything does. */
  flush(): void;
  /** With whom it was written to last. */
  round: Round | null;
  /** Whether it is written to at the end of this turn. */
  isDue: boolean;
}

/** Listeners who were written to in one go rest together, and those of them for whom something comes meanwhile wait. */
export interface Round {
  restsUntil: number;
  waiting: Listener[];
}

/** From one round to the next with the same listeners pass so many times as long as it took: a tenth is for writing … */
const ROUND_EVERY = 10;
/** … or as long as nobody who reads would notice. */
const ROUND_EVERY_MS_MAX = 100;

/**
 * When to write to whom. A write costs the same whatever it carries, so what comes for a listener while it rests goes out
 * in one. A round of few is over at once and so is its rest: only who is in a large room that talks all the time, or was
 * written to in the same turn, is written to less often. Who was not in that round does not wait for its rest.
 */
export class Flushes {
  #due: Listener[] = [];

  /** At the end of this turn of the event loop. */
  soon(listener: Listener): void {
    if (listener.isDue) return;
    if (this.#due.length === 0) setImmediate(() => this.#writeDue());
    listener.isDue = true;
    this.#due.push(listener);
  }

  /** When it has rested. */
  afterRest(listener: Listener): void {
    const { round } = listener;
    const restMs = round ? round.restsUntil - performance.now() : 0;
    if (!round || restMs <= 0) return this.soon(listener);
    if (round.waiting.length === 0) setTimeout(() => this.#endRest(round), restMs);
    round.waiting.push(listener);
  }

  #endRest(round: Round): void {
    // Who was written to all the same is of another round by now.
    this.#write(round.waiting.splice(0).filter((listener) => listener.round === round));
  }

  #writeDue(): void {
    const listeners = this.#due;
    this.#due = [];
    for (const listener of listeners) listener.isDue = false;
    this.#write(listeners);
  }

  #write(listeners: Listener[]): void {
    const round: Round = { restsUntil: 0, waiting: [] };
    const start = performance.now();
    for (const listener of listeners) {
      listener.round = round;
      listener.flush();
    }
    const tookMs = performance.now() - start;
    round.restsUntil = start + Math.min(ROUND_EVERY_MS_MAX, ROUND_EVERY * tookMs);
  }
}
