import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";

// Prisma's schema engine as WebAssembly, wrapped here and nowhere else, because the package documents nothing. It only
// compares schemas: the author of a migration and the tests need that, a running server never does (see migrate.ts).

// Node's types leave this global to the browser's library, which has no place in a server.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

let instantiated: Promise<void> | undefined;

async function instantiate(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(join(entry, "..", "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  const { __wbindgen_start: start } = instance.exports;
  if (typeof start === "function") start();
}

/** The engine insists on asking a server for its version, even to compare two texts. This one answers just that. */
function noServer(): SqlMigrationAwareDriverAdapterFactory {
  const refuse = () => Promise.reject(new Error("Comparing two schema texts needs no database."));
  const adapter: SqlDriverAdapter = {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    queryRaw: async () => ({
      columnNames: ["exists", "version", "numeric_version"],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, "PostgreSQL 18.4", 180_004]],
    }),
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    dispose: async () => undefined,
  };
  const connect = async () => adapter;
  return { provider: "postgres", adapterName: adapter.adapterName, connect, connectToShadowDb: connect };
}

const schemaFile = (content: string) => ({ files: [{ path: "schema.prisma", content }] });

/**
 * The SQL that leads from one Prisma schema text to another; without a first one, from the empty database.
 * Works offline. Two schemas of the same shape give "".
 */
export async function diffSchemas(from: string | undefined, to: string): Promise<string> {
  instantiated ??= instantiate();
  await instantiated;
  const engine = await bindings.SchemaEngine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(noServer()),
  );
  try {
    const { stdout } = await engine.diff({
      from: from === undefined ? { tag: "empty" } : { tag: "schemaDatamodel", ...schemaFile(from) },
      to: { tag: "schemaDatamodel", ...schemaFile(to) },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout === null || stdout.startsWith("-- This is an empty migration.") ? "" : stdout;
  } finally {
    engine.free();
  }
}
