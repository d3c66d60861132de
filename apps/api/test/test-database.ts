import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

export type TestDatabase = { url: string; drop(): Promise<void> };

/** A fresh database for one test file, with every migration applied. With `empty`, without any. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const name = `confab_test_${randomBytes(6).toString("hex")}`;
  const template = options.empty ? "template0" : inject("templateName");
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(inject("serverUrl"));
  url.pathname = name;
  return { url: url.href, drop: () => dropDatabase(name) };
}

/**
 * Not WITH (FORCE): that wants to end a background worker which may be tidying this database at the moment, and no role of
 * ours may. Without it, PostgreSQL sends the worker away by itself. Who is still connected has to be sent away first, and
 * nobody may come after that: a pool that is just being closed may still be opening a connection.
 */
async function dropDatabase(name: string): Promise<void> {
  await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await onServer(
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`,
  );
  await onServer(`DROP DATABASE ${name}`);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("serverUrl") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
