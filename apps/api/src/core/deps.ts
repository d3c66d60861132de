import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config.ts";
import type { Db } from "./db.ts";
import type { Hub } from "./hub.ts";

/** What every feature is given. */
export interface Deps {
  readonly config: Config;
  readonly db: Db;
  readonly hub: Hub;
  readonly log: FastifyBaseLogger;
}
