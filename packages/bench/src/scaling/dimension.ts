import type { Bench } from "../bench.ts";
import type { Cost } from "../load/cost-load.ts";

/** Something that grows, and what is done meanwhile that should cost as much as before. */
export interface Dimension {
  readonly name: string;
  /** What grows, in words. */
  readonly title: string;
  readonly sizes: readonly number[];
  /** What each operation costs at this size; makes what it needs. */
  measure(bench: Bench, size: number): Promise<Readonly<Record<string, Cost>>>;
}

/** How one operation's cost grows. */
export interface ScalingLine {
  readonly dimension: string;
  readonly operation: string;
  readonly sizes: readonly number[];
  readonly costs: readonly Cost[];
}

/** CPU counts in hundredths of a second, and nothing is measured twice alike: growth by so much is none … */
const NOISE = 1.2;
/** … nor by so much from one size to the next, where one bad figure is half of it; what grows with the size grows tenfold. */
const NOISE_OF_STEP = 1.5;

/** How many times the cost at the smallest size it is at the largest. */
export function growthOf({ costs }: ScalingLine): number {
  return (costs.at(-1)?.cpu ?? Number.NaN) / (costs[0]?.cpu ?? Number.NaN);
}

/**
 * Whether cost grows no faster than the logarithm of the size, in all and from each size to the next: what is added for
 * each is lost among what is always there until the last steps.
 */
export function isLogarithmic({ sizes, costs }: ScalingLine): boolean {
  const isSlow = (from: number, to: number, noise: number) => {
    const [smaller, larger] = [sizes[from] ?? 1, sizes[to] ?? 1];
    const allowed = (Math.log(larger) / Math.log(smaller)) * noise;
    return (costs[to]?.cpu ?? 0) <= (costs[from]?.cpu ?? 0) * allowed;
  };
  return isSlow(0, sizes.length - 1, NOISE) && costs.every((_, to) => to === 0 || isSlow(to - 1, to, NOISE_OF_STEP));
}

/** Measures a dimension at each of its sizes, every time on a fresh process. */
export async function measureDimension(bench: Bench, { title, sizes, measure }: Dimension): Promise<ScalingLine[]> {
  const found: Readonly<Record<string, Cost>>[] = [];
  for (const size of sizes) {
    await bench.refresh();
    found.push(await measure(bench, size));
    console.log(`   ${size.toLocaleString("en")}: ${JSON.stringify(found.at(-1))}`);
  }
  return Object.keys(found[0] ?? {}).map((operation) => ({
    ...{ dimension: title, operation, sizes },
    costs: found.map((costs) => costs[operation] ?? { cpu: Number.NaN, p50: Number.NaN }),
  }));
}
