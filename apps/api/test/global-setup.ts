import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../src/database/migrate.ts";
import { startThrowAwayPostgres } from "../src/database/throw-away-postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A role that may create databases. */
    serverUrl: string;
    /** The migrated database every test database is a copy of. */
    templateName: string;
  }
}

const say = (message: string) => void process.stderr.write(`${message}\n`);
const log = { info: () => undefined, warn: say, error: say };

/** One PostgreSQL for the whole run, or the one TEST_DATABASE_URL names, with one migrated database to copy from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? { url: given, stop: async () => undefined } : await startThrowAwayPostgres(log);
  const templateName = `confab_template_${process.pid}`;
  await onServer(server.url, `CREATE DATABASE ${templateName}`);
  const templateUrl = new URL(server.url);
  templateUrl.pathname = templateName;
  await migrate(templateUrl.href);
  project.provide("serverUrl", server.url);
  project.provide("templateName", templateName);
  return async () => {
    await onServer(server.url, `DROP DATABASE ${templateName}`);
    await server.stop();
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
