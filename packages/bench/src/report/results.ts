import type { SystemName } from "../comparison.ts";
import type { JobName } from "../load/jobs.ts";
import type { Row } from "./row.ts";

/** What the load gave in each round, before medians were taken of it. */
export interface Measured {
  readonly job: JobName;
  readonly rounds: readonly Partial<Record<SystemName, unknown>>[];
}

/** All that is known of a scenario when it is over. */
export interface ScenarioResult {
  readonly scenario: string;
  /** What was measured less than in full; null when nothing was. */
  readonly less: string | null;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly measured: readonly Measured[];
}
