/** Who has not asked for that long is not watching any more: balancers ask every few seconds. */
const WATCHED_MS = 30_000;

/** Whether this node wants work, and whether a balancer wants to know. */
export class Life {
  #isStopping = false;
  #askedAt = -Infinity;

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Somebody has asked lately whether this node is ready, and should be given time to hear that it is not any more. */
  get isWatched(): boolean {
    return performance.now() - this.#askedAt < WATCHED_MS;
  }

  noteQuestion(): void {
    this.#askedAt = performance.now();
  }

  stop(): void {
    this.#isStopping = true;
  }
}
