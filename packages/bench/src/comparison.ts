import type { Bound, Row } from "./report/row.ts";

export type SystemName = "confab" | "two nodes" | "limit" | "tutorial";
/** What a figure is compared with, in words. */
const IN_WORDS = { confab: "one node", limit: "limit", tutorial: "tutorial" };
type Other = keyof typeof IN_WORDS;

/** What several systems did in the same rounds. Figures are medians; a ratio is the median of the rounds' own ratios. */
export class Comparison<Result> {
  readonly #rounds: readonly ReadonlyMap<SystemName, Result>[];

  constructor(rounds: readonly ReadonlyMap<SystemName, Result>[]) {
    this.#rounds = rounds;
  }

  figure(system: SystemName, read: (result: Result) => number | undefined): number | undefined {
    return median(this.#rounds.map((round) => readIfThere(round.get(system), read)));
  }

  /** Everything a system has answered, for remarks. */
  of(system: SystemName): Result[] {
    return this.#rounds.flatMap((round) => round.get(system) ?? []);
  }

  ratio(to: SystemName, read: (result: Result) => number | undefined, of: SystemName = "confab"): number | undefined {
    return median(
      this.#rounds.map((round) => {
        const [own, other] = [readIfThere(round.get(of), read), readIfThere(round.get(to), read)];
        return own === undefined || other === undefined ? undefined : own / other;
      }),
    );
  }

  /** A line of the table about one figure of Confab, or of two nodes of it; with `to`, its bounds are of the ratio to that system. */
  row(
    names: { scenario: string; what: string; unit: string; of?: "two nodes"; to?: Other },
    read: (result: Result) => number | undefined,
    bounds: { floor?: Bound; target?: Bound; remark?: string | undefined } = {},
  ): Row {
    const { of = "confab", to, ...labels } = names;
    const [limit, tutorial] = [this.figure("limit", read), this.figure("tutorial", read)];
    const ratio = to && this.ratio(to, read, of);
    const { remark, ...floorAndTarget } = bounds;
    return {
      ...labels,
      confab: this.figure(of, read) ?? Number.NaN,
      ...(limit !== undefined && { limit }),
      ...(tutorial !== undefined && { tutorial }),
      ...(to && ratio !== undefined && { ratio: { value: ratio, to: IN_WORDS[to] } }),
      ...floorAndTarget,
      ...(remark && { remark }),
    };
  }
}

function readIfThere<Result>(
  result: Result | undefined,
  read: (result: Result) => number | undefined,
): number | undefined {
  const value = result === undefined ? undefined : read(result);
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

export function median(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
