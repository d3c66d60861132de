import type { Bench } from "./bench.ts";
import type { Row } from "./report/row.ts";

/** One thing that is measured: seeds what it needs, runs its load against the systems in turn, and gives its lines of the table. */
export interface Scenario {
  readonly name: string;
  /** What `--quick` measures less, in words. */
  readonly quickly: string;
  /** It restarts Confab before it begins, because it needs it run in a way of its own. */
  readonly restartsItself?: true;
  run(bench: Bench): Promise<Row[]>;
}
