import type { FastifyInstance } from "fastify";
import { buildApp } from "../src/app.ts";
import { type Config, readConfig } from "../src/core/config.ts";
import { type Db, openDb } from "../src/core/db.ts";
import { prepareWorkspace } from "../src/features/workspace/workspace.service.ts";
import { createTestDatabase } from "./test-database.ts";

export interface TestServer {
  readonly app: FastifyInstance;
  readonly db: Db;
  readonly url: string;
  readonly config: Config;
  /** The one-time set-up token, when the settings named no administrator. */
  readonly setupToken: string | null;
  stop(): Promise<void>;
}

/** A whole server on a database of its own, listening on loopback: what tests talk to is what clients talk to. */
export async function startServer(environment: Record<string, string> = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const config = readConfig({ DATABASE_URL: database.url, PORT: "0", RATE_LIMIT_SCALE: "10000", ...environment });
  const db = openDb(database.url);
  const app = await buildApp({ config, db, logger: { level: "error" } });
  const setupToken = await prepareWorkspace({ db, config });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    app,
    db,
    url,
    config,
    setupToken,
    async stop() {
      await app.close();
      await db.$disconnect();
      await database.drop();
    },
  };
}
