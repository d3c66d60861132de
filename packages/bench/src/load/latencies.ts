const SMALLEST_MS = 0.01;
/** Buckets grow by 2 %: finer than anything that is said about a latency here. */
const GROWTH = Math.log(1.02);
const BUCKETS = 1_000;

/** Many latencies in little memory: counts per bucket. */
export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(milliseconds: number): void {
    const bucket = Math.ceil(Math.log(Math.max(milliseconds, SMALLEST_MS) / SMALLEST_MS) / GROWTH);
    const index = Math.min(bucket, BUCKETS - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
  }

  /** Milliseconds below which this share of all latencies lies; NaN without any. */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    let left = Math.ceil(share * this.#total);
    const index = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return SMALLEST_MS * Math.exp(GROWTH * index);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}
