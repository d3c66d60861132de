import type { Bound, Row } from "./report/row.ts";

export type SystemName = "confab" | "limit" | "tutorial";

/** What several systems did in the same rounds. Figures are medians; a ratio is the median of the rounds' own ratios. */
export class Comparison<Result> {
  readonly #rounds: readonly ReadonlyMap<SystemName, Result>[];

  constructor(rounds: readonly ReadonlyMap<SystemName, Result>[]) {
    this.#rounds = rounds;
  }

  figure(system: SystemName, read: (result: Result) => number | undefined): number | undefined {
    return median(this.#rounds.map((round) => readIfThere(round.get(system), read)));
  }

  /** Everything Confab has answered, for remarks. */
  get confab(): Result[] {
    return this.#rounds.flatMap((round) => round.get("confab") ?? []);
  }

  ratio(to: SystemName, read: (result: Result) => number | undefined): number | undefined {
    return median(
      this.#rounds.map((round) => {
        const [own, other] = [readIfThere(round.get("confab"), read), readIfThere(round.get(to), read)];
        return own === undefined || other === undefined ? undefined : own / other;
      }),
    );
  }

  /** A line of the table about one figure; with `to`, its bounds are of the ratio to that system. */
  row(
    names: { scenario: string; what: string; unit: string; to?: "limit" | "tutorial" },
    read: (result: Result) => number | undefined,
    bounds: { floor?: Bound; target?: Bound; remark?: string | undefined } = {},
  ): Row {
    const { to, ...labels } = names;
    const [limit, tutorial] = [this.figure("limit", read), this.figure("tutorial", read)];
    const ratio = to && this.ratio(to, read);
    const { remark, ...floorAndTarget } = bounds;
    return {
      ...labels,
      confab: this.figure("confab", read) ?? Number.NaN,
      ...(limit !== undefined && { limit }),
      ...(tutorial !== undefined && { tutorial }),
      ...(to && ratio !== undefined && { ratio: { value: ratio, to } }),
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

function median(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
