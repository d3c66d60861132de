import { parseArgs } from "node:util";

export interface BenchOptions {
  /** A look in under three minutes: one round, short steps, coarse maxima. */
  readonly quick: boolean;
  /** Names of scenarios; null for all. */
  readonly only: readonly string[] | null;
  /** How cost grows with size, instead of how Confab compares. */
  readonly scaling: boolean;
  readonly rounds: number;
  /** Given to Confab's Node on top of its own. */
  readonly nodeOptions: readonly string[];
}

/** `--quick`, `--only fanout,rooms`, `--scaling`, `--rounds 5`, and `--profile <folder>` for CPU profiles of the server. */
export function readOptions(parameters = process.argv.slice(2)): BenchOptions {
  const { values } = parseArgs({
    args: parameters,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      scaling: { type: "boolean", default: false },
      rounds: { type: "string" },
      profile: { type: "string" },
    },
  });
  return {
    quick: values.quick,
    only: values.only?.split(",") ?? null,
    scaling: values.scaling,
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    nodeOptions: values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`],
  };
}
