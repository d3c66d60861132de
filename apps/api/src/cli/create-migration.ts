import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MIGRATIONS_DIR } from "../database/migrate.ts";
import { diffSchemas } from "../database/schema-engine.ts";

// pnpm db:new <name>: writes the migration from the newest kept schema to prisma/schema.prisma. Needs no database.

const SCHEMA_FILE = resolve(MIGRATIONS_DIR, "../schema.prisma");
const LOCK_FILE = `# Names the database that the SQL beside this file is written for.\nprovider = "postgresql"\n`;

/** The schema text kept beside the newest migration: what the migrations add up to. Undefined when there are none. */
export async function readNewestSchema(migrationsDir: string): Promise<string | undefined> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const newest = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .at(-1);
  return newest === undefined ? undefined : readFile(join(migrationsDir, newest, "schema.prisma"), "utf8");
}

/** Writes a new migration folder and returns its path, or undefined when the schema needs none. */
export async function createMigration(
  name: string,
  migrationsDir = MIGRATIONS_DIR,
  schemaFile = SCHEMA_FILE,
): Promise<string | undefined> {
  await mkdir(migrationsDir, { recursive: true });
  const previous = await readNewestSchema(migrationsDir);
  const schema = await readFile(schemaFile, "utf8");
  const sql = await diffSchemas(previous, schema);
  if (sql === "") return undefined;
  const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const folder = join(migrationsDir, `${stamp}_${name}`);
  await mkdir(folder);
  await writeFile(join(folder, "migration.sql"), sql);
  await writeFile(join(folder, "schema.prisma"), schema);
  await writeFile(join(migrationsDir, "migration_lock.toml"), LOCK_FILE);
  return folder;
}

if (import.meta.main) {
  const name = process.argv[2] ?? "";
  if (/^[a-z][a-z0-9_]*$/.test(name)) {
    const folder = await createMigration(name);
    console.log(folder ?? "The migrations match prisma/schema.prisma already.");
  } else {
    console.error("Usage: pnpm db:new <name>, the name in lower case with underscores");
    process.exitCode = 1;
  }
}
