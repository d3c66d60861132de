import { Bench } from "../bench.ts";
import { median } from "../comparison.ts";
import type { Cost } from "../load/cost-load.ts";
import type { BenchOptions } from "../options.ts";

/** Something that grows, and what is done meanwhile that should cost as much as before. */
export interface Dimension {
  readonly name: string;
  /** What grows, in words. */
  readonly title: string;
  readonly sizes: readonly number[];
  /** Makes what there is at this size, and gives the way to measure what each operation costs there, again and again. */
  prepare(bench: Bench, size: number): Promise<() => Promise<Costs>>;
}

/** By the operation. */
export type Costs = Readonly<Record<string, Cost>>;

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

/**
 * Measures a dimension. Each size has a server and a database of its own, so that nothing else is large there, and they
 * take turns, so that what the machine does meanwhile, and a database after it has been filled, is no matter of size.
 */
export async function measureDimension(options: BenchOptions, dimension: Dimension): Promise<ScalingLine[]> {
  const benches: Bench[] = [];
  try {
    const measures: (() => Promise<Costs>)[] = [];
    for (const size of dimension.sizes) {
      const bench = await Bench.open(options);
      benches.push(bench);
      measures.push(await dimension.prepare(bench, size));
    }
    return linesOf(dimension, await measureInTurn(measures, options.rounds));
  } finally {
    for (const bench of benches) await bench.close();
  }
}

/** What each of them found in each round. */
async function measureInTurn(measures: readonly (() => Promise<Costs>)[], rounds: number): Promise<Costs[][]> {
  const found: Costs[][] = measures.map(() => []);
  // The first round finds servers that have compiled little and databases that have cached nothing: it does not count.
  for (let round = 0; round <= rounds; round++)
    for (const [index, measure] of measures.entries()) {
      const costs = await measure();
      if (round > 0) found[index]?.push(costs);
    }
  return found;
}

function linesOf({ title, sizes }: Dimension, found: readonly Costs[][]): ScalingLine[] {
  return Object.keys(found[0]?.[0] ?? {}).map((operation) => {
    const middle = (rounds: Costs[], figure: keyof Cost) =>
      median(rounds.map((costs) => costs[operation]?.[figure])) ?? Number.NaN;
    const costs = found.map((rounds) => ({ cpu: middle(rounds, "cpu"), p50: middle(rounds, "p50") }));
    return { dimension: title, operation, sizes, costs };
  });
}
