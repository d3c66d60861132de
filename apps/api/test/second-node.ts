import { buildApp } from "../src/app.ts";
import { openDb } from "../src/core/db.ts";
import type { TestServer } from "./start-server.ts";

/** Another server on the same database, with the same settings: what one does, the other must heed. */
export async function startSecondNode({ config }: TestServer): Promise<{ url: string; stop(): Promise<void> }> {
  const db = openDb(config.databaseUrl ?? "");
  const app = await buildApp({ config, db, logger: { level: config.logLevel } });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    url,
    async stop() {
      await app.close();
      await db.$disconnect();
    },
  };
}
