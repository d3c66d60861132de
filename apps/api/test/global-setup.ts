import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../src/database/embedded-postgres.ts";
import { migrate } from "../src/database/migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A role that may create databases. */
    serverUrl: string;
    /** The migrated database every test database is a copy of. */
    templateName: string;
  }
}

/** One PostgreSQL for the whole run, or the one TEST_DATABASE_URL names, with one migrated database to copy from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["TEST_DATABASE_URL"];
  const server = given ? { url: given, stop: async () => undefined } : await startThrowAway();
  const templateName = `confab_template_${process.pid}`;
  await onServer(server.url, `CREATE DATABASE ${templateName}`);
  const templateUrl = new URL(server.url);
  templateUrl.pathname = templateName;
  await migrate(templateUrl.href);
  project.provide("serverUrl", server.url);
  project.provide("templateName", templateName);
  return async () => {
    await onServer(server.url, `DROP DATABASE ${templateName} WITH (FORCE)`);
    await server.stop();
  };
}

async function startThrowAway(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "confab-test-"));
  // Root runs PostgreSQL as another user, who has to get through.
  await chmod(folder, 0o755);
  const dataDir = join(folder, "data");
  const say = (message: string) => void process.stderr.write(`${message}\n`);
  const log = { info: () => undefined, warn: say, error: say };
  const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
  return {
    url: postgres.url,
    stop: async () => {
      await postgres.stop();
      // May lie elsewhere, when that user cannot enter the temporary folder.
      await rm(await realpath(join(dataDir, "postgres")), { recursive: true });
      await rm(folder, { recursive: true });
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
