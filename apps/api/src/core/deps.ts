import type { Config } from "./config.ts";
import type { Db } from "./db.ts";
import type { Hub } from "./hub.ts";

type Say = (facts: object, sentence: string) => void;

/** Where features report what no client is told. */
export interface Log {
  readonly debug: Say;
  readonly warn: Say;
  readonly error: Say;
}

/** What every feature is given. */
export interface Deps {
  readonly config: Config;
  readonly db: Db;
  readonly hub: Hub;
  readonly log: Log;
}
