import { parseArgs } from "node:util";

const ROUNDS = 3;

export interface BenchOptions {
  /** A look in under three minutes: one round, short steps, coarse maxima. */
  readonly quick: boolean;
  /** Names of the scenarios to run; of what grows, with `scaling`. */
  readonly only: readonly string[];
  /** How cost grows with size, instead of how Confab compares. */
  readonly scaling: boolean;
  readonly rounds: number;
  /** A file for everything that was measured. */
  readonly json: string | null;
  /** Given to Confab's Node on top of its own. */
  readonly nodeOptions: readonly string[];
}

/**
 * `--quick`, `--only fanout,rooms`, `--scaling`, `--rounds 5`, `--json <file>`, and `--profile <folder>` for CPU profiles
 * of the server. Throws for a scenario that is not among these.
 */
export function readOptions(
  names: { readonly scenarios: readonly string[]; readonly dimensions: readonly string[] },
  parameters = process.argv.slice(2),
): BenchOptions {
  const { values } = parseArgs({
    args: parameters,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      scaling: { type: "boolean", default: false },
      rounds: { type: "string" },
      json: { type: "string" },
      profile: { type: "string" },
    },
  });
  const known = values.scaling ? names.dimensions : names.scenarios;
  const only = values.only?.split(",") ?? known;
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is nothing called ${unknown.join(", ")}, only ${known.join(", ")}.`);
  return {
    quick: values.quick,
    only,
    scaling: values.scaling,
    rounds: Number(values.rounds ?? (values.quick ? 1 : ROUNDS)),
    json: values.json ?? null,
    nodeOptions: values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`],
  };
}

/** Whether a run measures everything there is, in full, and nothing disturbs it. */
export function isWhole({ quick, only, rounds, nodeOptions }: BenchOptions, parts: number): boolean {
  return !quick && only.length === parts && rounds >= ROUNDS && nodeOptions.length === 0;
}
