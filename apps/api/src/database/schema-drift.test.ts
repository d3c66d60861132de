import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import pg from "pg";
import { expect, it } from "vitest";
import { createTestDatabase } from "../../test/test-database.ts";
import { readNewestSchema } from "../cli/create-migration.ts";
import { MIGRATIONS_DIR, migrate } from "./migrate.ts";
import { diffSchemas } from "./schema-engine.ts";

const readSchema = () => readFile(resolve(MIGRATIONS_DIR, "../schema.prisma"), "utf8");

/** Everything a Prisma schema decides about a database, one line each. */
const SHAPE = `
  SELECT format('column %s.%s %s %s %s', table_name, column_name, udt_name || coalesce(datetime_precision::text, ''),
                is_nullable, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
  UNION ALL
  SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  UNION ALL
  SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
   WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> '_prisma_migrations'
  UNION ALL
  SELECT format('enum %s %s %s', enumtypid::regtype, rank() OVER (PARTITION BY enumtypid ORDER BY enumsortorder), enumlabel)
    FROM pg_enum
  ORDER BY line`;

async function shapeAfter(prepare: (url: string) => Promise<unknown>): Promise<string[]> {
  const database = await createTestDatabase({ empty: true });
  const client = new pg.Client({ connectionString: database.url });
  try {
    await prepare(database.url);
    await client.connect();
    const { rows } = await client.query<{ line: string }>(SHAPE);
    return rows.map((row) => row.line);
  } finally {
    await client.end();
    await database.drop();
  }
}

async function runScript(url: string, script: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(script);
  await client.end();
}

it("has a migration for everything in prisma/schema.prisma (else: pnpm db:new <name>)", async () => {
  expect(await diffSchemas(await readNewestSchema(MIGRATIONS_DIR), await readSchema())).toBe("");
});

it("comes to the schema's shape by its migrations", async () => {
  const script = await diffSchemas(undefined, await readSchema());

  const migrated = await shapeAfter((url) => migrate(url));
  const intended = await shapeAfter((url) => runScript(url, script));

  expect(intended.some((line) => line.startsWith("column messages.seq"))).toBe(true);
  expect(migrated).toEqual(intended);
});
