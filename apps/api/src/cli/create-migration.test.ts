import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMigration, readNewestSchema } from "./create-migration.ts";

const HEAD = 'datasource db {\n  provider = "postgresql"\n}\n';
const NOTES = `${HEAD}\nmodel notes {\n  id Int @id\n}\n`;

let folder: string;
let schemaFile: string;
let migrationsDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confab-db-new-"));
  schemaFile = join(folder, "schema.prisma");
  migrationsDir = join(folder, "migrations");
});

afterEach(() => rm(folder, { recursive: true }));

it("writes the way from the newest kept schema to the present one", async () => {
  await writeFile(schemaFile, NOTES);
  const created = await createMigration("init", migrationsDir, schemaFile);

  expect(basename(created ?? "")).toMatch(/^\d{14}_init$/);
  expect(await readFile(join(created ?? "", "migration.sql"), "utf8")).toContain('CREATE TABLE "notes"');
  expect(await readFile(join(migrationsDir, "migration_lock.toml"), "utf8")).toContain('provider = "postgresql"');
  expect(await readNewestSchema(migrationsDir)).toBe(NOTES);

  const grown = NOTES.replace("@id", "@id\n  body String?");
  await writeFile(schemaFile, grown);
  // Named so that it sorts after the first even within the same second.
  const second = await createMigration("zz_body", migrationsDir, schemaFile);

  const script = await readFile(join(second ?? "", "migration.sql"), "utf8");
  expect(script).toContain('ADD COLUMN     "body" TEXT;');
  expect(script).not.toContain("CREATE TABLE");
  expect(await readNewestSchema(migrationsDir)).toBe(grown);
});

it("writes nothing when only the schema's comments have changed", async () => {
  await writeFile(schemaFile, NOTES);
  await createMigration("init", migrationsDir, schemaFile);
  await writeFile(schemaFile, `// What people write.\n${NOTES}`);

  expect(await createMigration("comments", migrationsDir, schemaFile)).toBeUndefined();
});

it("refuses a schema that is not one", async () => {
  await writeFile(schemaFile, "model {");
  await expect(createMigration("broken", migrationsDir, schemaFile)).rejects.toThrow(/schema\.prisma:1/);
});
