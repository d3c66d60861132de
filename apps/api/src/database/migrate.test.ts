import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.ts";
import { MIGRATIONS_DIR, migrate, readMigrations } from "./migrate.ts";

let database: TestDatabase;
let migrationsDir: string;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  migrationsDir = await mkdtemp(join(tmpdir(), "confab-migrations-"));
});

afterEach(async () => {
  await database.drop();
  await rm(migrationsDir, { recursive: true });
});

async function writeMigration(name: string, script: string): Promise<void> {
  await mkdir(join(migrationsDir, name), { recursive: true });
  await writeFile(join(migrationsDir, name, "migration.sql"), script);
}

async function query(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
}

function urlWith(changes: Partial<Pick<URL, "password" | "hostname" | "port" | "pathname">>): string {
  return Object.assign(new URL(database.url), changes).href;
}

describe("migrate", () => {
  it("applies every migration once, in order", async () => {
    const names = (await readMigrations(MIGRATIONS_DIR)).map((migration) => migration.name);

    expect(await migrate(database.url)).toEqual({ applied: names });
    expect(await migrate(database.url)).toEqual({ applied: [] });
    expect(names.length).toBeGreaterThan(0);
    expect(await query("SELECT migration_name AS name FROM _prisma_migrations ORDER BY finished_at")).toEqual(
      names.map((name) => ({ name })),
    );
  });

  it("migrates once when several nodes start at the same moment", async () => {
    // Slow enough that the second node certainly arrives while the first is at it.
    await writeMigration("1_first", "CREATE TABLE notes (id int); SELECT pg_sleep(0.3);");

    const outcomes = await Promise.all([1, 2, 3].map(() => migrate(database.url, migrationsDir)));

    expect(outcomes.flatMap((outcome) => outcome.applied)).toEqual(["1_first"]);
  });

  it("undoes a migration that fails, and applies it when it has been mended", async () => {
    await writeMigration("1_first", "CREATE TABLE notes (id int);");
    await writeMigration("2_second", "CREATE TABLE tags (id int); INSERT INTO notes VALUES ('no number');");
    await expect(migrate(database.url, migrationsDir)).rejects.toThrow(
      /^Migration 2_second failed and was undone: invalid input/,
    );
    expect(await query("SELECT to_regclass('tags') AS tags")).toEqual([{ tags: null }]);

    await writeMigration("2_second", "CREATE TABLE tags (id int);");
    expect(await migrate(database.url, migrationsDir)).toEqual({ applied: ["2_second"] });
  });

  it("undoes a migration that cannot be written into the history", async () => {
    await writeMigration("1_first", "CREATE TABLE notes (id int); ALTER TABLE _prisma_migrations RENAME TO elsewhere;");

    await expect(migrate(database.url, migrationsDir)).rejects.toThrow(/^Migration 1_first failed and was undone/);
    expect(await query("SELECT to_regclass('notes') AS notes")).toEqual([{ notes: null }]);
  });

  it("takes a script whole, semicolons in its texts and functions included", async () => {
    await writeMigration(
      "1_first",
      `CREATE TABLE notes (body text DEFAULT 'one; two');
       CREATE FUNCTION shout() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END $$;
       INSERT INTO notes DEFAULT VALUES;`,
    );

    await migrate(database.url, migrationsDir);

    expect(await query("SELECT body, shout() FROM notes")).toEqual([{ body: "one; two", shout: "a;b" }]);
  });

  it("refuses a migration that was changed after it had been applied", async () => {
    await writeMigration("1_first", "CREATE TABLE notes (id int);");
    await migrate(database.url, migrationsDir);
    await writeMigration("1_first", "CREATE TABLE notes (id bigint);");

    await expect(migrate(database.url, migrationsDir)).rejects.toThrow(/^Migration 1_first is not the one/);
  });

  it("refuses a database that another tool left half migrated", async () => {
    await writeMigration("1_first", "CREATE TABLE notes (id int);");
    await migrate(database.url, migrationsDir);
    await query("UPDATE _prisma_migrations SET finished_at = NULL");

    await expect(migrate(database.url, migrationsDir)).rejects.toThrow(/half done/);
  });

  it("leaves alone what a newer release has applied", async () => {
    await writeMigration("1_first", "CREATE TABLE notes (id int);");
    await writeMigration("2_second", "CREATE TABLE tags (id int);");
    await migrate(database.url, migrationsDir);
    await rm(join(migrationsDir, "2_second"), { recursive: true });

    expect(await migrate(database.url, migrationsDir)).toEqual({ applied: [] });
  });
});

describe("a database that cannot be used", () => {
  it("says that the password is wrong, without printing it", async () => {
    const role = new URL(database.url).username;
    await expect(migrate(urlWith({ password: "hunter2" }))).rejects.toThrow(
      new RegExp(`^PostgreSQL at \\S+ refused the password of role "${role}"\\. Check DATABASE_URL\\.$`),
    );
  });

  it("says that there is no such database", async () => {
    await expect(migrate(urlWith({ pathname: "/nowhere" }))).rejects.toThrow(/has no database "nowhere"/);
  });

  it("says that nothing answers at the port", async () => {
    const probe = createServer().listen(0, "127.0.0.1");
    const address = await new Promise<ReturnType<typeof probe.address>>((done) =>
      probe.once("listening", () => done(probe.address())),
    );
    if (address === null || typeof address === "string") throw new Error("the probe has no port");
    await new Promise((done) => probe.close(done));

    await expect(migrate(urlWith({ port: String(address.port) }))).rejects.toThrow(/^No PostgreSQL answers at /);
  });

  it("says that there is no such host", async () => {
    await expect(migrate(urlWith({ hostname: "database.invalid" }))).rejects.toThrow(
      /^There is no host "database.invalid"/,
    );
  });

  it("says that the encoding is wrong", async () => {
    const name = `latin_${process.pid}`;
    await query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'`);
    try {
      await expect(migrate(urlWith({ pathname: `/${name}` }))).rejects.toThrow(/encoding UTF8; .* LATIN1/);
    } finally {
      await query(`DROP DATABASE ${name}`);
    }
  });
});
