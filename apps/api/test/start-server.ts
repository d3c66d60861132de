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

export interface TestServerOptions {
  /** A built web app other than the real one, which may not have been built. */
  readonly distDir?: string;
  /** Reaches the database at this port of loopback: something in between that the test can cut. */
  readonly databasePort?: number;
}

/** A whole server on a database of its own, listening on loopback: what tests talk to is what clients talk to. */
export async function startServer(
  environment: Record<string, string> = {},
  { distDir, databasePort }: TestServerOptions = {},
): Promise<TestServer> {
  const database = await createTestDatabase();
  const databaseUrl = databasePort === undefined ? database.url : atPort(database.url, databasePort);
  const base = { DATABASE_URL: databaseUrl, PORT: "0", RATE_LIMIT_SCALE: "10000", LOG_LEVEL: "error" };
  const config = readConfig({ ...base, ...environment });
  const db = openDb(databaseUrl);
  const app = await buildApp({ config, db, logger: { level: config.logLevel }, ...(distDir ? { distDir } : {}) });
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

function atPort(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}
