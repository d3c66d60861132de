/** So much at once, and so much a minute on top. */
export interface Rate {
  readonly burst: number;
  readonly perMinute: number;
}

/** What somebody may still do. Times are whole seconds. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** After which there is one again … */
  readonly nextAfter: number;
  /** … and as many as there can be. */
  readonly fullAfter: number;
}

/** A rate as RATE_LIMIT_SCALE makes it; there is always one. */
export function scaleRate({ burst, perMinute }: Rate, scale: number): Rate {
  return { burst: Math.max(1, Math.round(burst * scale)), perMinute: perMinute * scale };
}

/** Counts what somebody does, in the memory of this process: it costs next to nothing, and each node counts for itself. */
export class TokenBucket {
  readonly #rate: Rate;
  #left: number;
  #countedAt = performance.now();

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#left = rate.burst;
  }

  /** Takes one, if there is one. */
  take(): boolean {
    this.#refill();
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  get isFull(): boolean {
    this.#refill();
    return this.#left === this.#rate.burst;
  }

  get allowance(): Allowance {
    this.#refill();
    const { burst, perMinute } = this.#rate;
    const secondsUntil = (wanted: number) => Math.max(0, Math.ceil(((wanted - this.#left) / perMinute) * 60));
    const remaining = Math.floor(this.#left);
    return { limit: burst, remaining, nextAfter: secondsUntil(1), fullAfter: secondsUntil(burst) };
  }

  #refill(): void {
    const now = performance.now();
    const { burst, perMinute } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((now - this.#countedAt) / 60_000) * perMinute);
    this.#countedAt = now;
  }
}

/** How often those are forgotten who have done nothing for so long that all is theirs again. */
const TIDY_EVERY_MS = 60_000;

/** A bucket for each of many people, or addresses. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #byKey = new Map<string, TokenBucket>();
  #tidiedAt = performance.now();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  of(key: string): TokenBucket {
    if (performance.now() - this.#tidiedAt > TIDY_EVERY_MS) this.#tidy();
    const known = this.#byKey.get(key);
    if (known) return known;
    const bucket = new TokenBucket(this.#rate);
    this.#byKey.set(key, bucket);
    return bucket;
  }

  #tidy(): void {
    this.#tidiedAt = performance.now();
    for (const [key, bucket] of this.#byKey) if (bucket.isFull) this.#byKey.delete(key);
  }
}
