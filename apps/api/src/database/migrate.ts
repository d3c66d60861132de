import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import pg from "pg";
import { codeOf, DatabaseError, explainConnectionError } from "./database-error.ts";

/** Where the releases' migrations lie: one folder each, in Prisma's layout. */
export const MIGRATIONS_DIR = resolve(import.meta.dirname, "../../../../prisma/migrations");

const OLDEST_SERVER = 15;
const CONNECT_TIMEOUT_MS = 10_000;
/** Any number will do as long as every version of Confab, and nothing else in this database, uses the same. */
const ADVISORY_LOCK = 7_226_622;

type Migration = { name: string; script: string; checksum: string };

/** Reads the migrations of a folder, oldest first. */
export async function readMigrations(migrationsDir: string): Promise<Migration[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(join(migrationsDir, name, "migration.sql"), "utf8");
      return { name, script, checksum: createHash("sha256").update(script).digest("hex") };
    }),
  );
}

/**
 * Brings a database to the shape this release needs. Safe to call from several nodes at once: one migrates, the others
 * wait and find nothing left to do. Throws DatabaseError with a sentence for the operator.
 */
export async function migrate(databaseUrl: string, migrationsDir = MIGRATIONS_DIR): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(migrationsDir);
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener a connection that breaks between two queries would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw explainConnectionError(error, databaseUrl);
  }
  try {
    await checkServer(client);
    // A session lock: it goes with the connection, so a node that dies in here blocks nobody.
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map((migration) => migration.name) };
  } finally {
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; release: string; encoding: string }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_version') AS release,
            current_setting('server_encoding') AS encoding`,
  );
  for (const { version, release, encoding } of rows) {
    if (version < OLDEST_SERVER)
      throw new DatabaseError(`Confab needs PostgreSQL ${OLDEST_SERVER} or newer; DATABASE_URL leads to ${release}.`);
    if (encoding !== "UTF8")
      throw new DatabaseError(
        `Confab needs a database with encoding UTF8; DATABASE_URL leads to one with ${encoding}.`,
      );
  }
}

/** Prisma's own table, so that its tools read the same history. */
const HISTORY_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

async function findPending(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  await client.query(HISTORY_TABLE);
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const history = new Map(rows.map((row) => [row.name, row]));
  return migrations.filter(({ name, checksum }) => {
    const row = history.get(name);
    if (row === undefined) return true;
    if (!row.finished)
      throw new DatabaseError(
        `Another tool left migration ${name} half done. Put the database right, then start again.`,
      );
    if (row.checksum !== checksum)
      throw new DatabaseError(
        `Migration ${name} is not the one this database was made with. Use the release's own files.`,
      );
    return false;
  });
}

/** The script and its line in the history stand or fall together: a start that dies in the middle has changed nothing. */
async function apply(client: pg.Client, { name, script, checksum }: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(script);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(`Migration ${name} failed and was undone: ${reason} (${codeOf(error) ?? "no code"}).`, {
      cause: error,
    });
  }
}
