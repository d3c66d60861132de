import { setTimeout as delay } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import type { PoolConfig } from "pg";
import { DATABASE_PATIENCE, DatabaseClient, DatabasePool } from "./database-client.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

export type Db = PrismaClient;
/** Either the client or an open transaction: what a query that may be part of an act takes. */
export type Tx = Pick<Prisma.TransactionClient, "$queryRaw" | "$executeRaw"> & Omit<Prisma.TransactionClient, "$on">;
export const sql = Prisma.sql;
export type Sql = Prisma.Sql;

/** Ids as PostgreSQL writes a list: thousands of values one by one cost more on their way there than the query does. */
export function toList(ids: Iterable<string>): string {
  return `{${[...ids].join()}}`;
}

/**
 * What a chat asks for is nearly always in memory, where a row by its index costs no more than the next one. PostgreSQL
 * expects a disk that turns, and would rather read a table of many thousand rows from end to end than look up some hundred.
 */
export const IN_MEMORY = "-c random_page_cost=1.1";

/** A database that says nothing says no goodbye either. */
const GOODBYE_MS = 1_000;

/** Opens a client on the database. Connections are made when first needed, at most `connections` of them. */
export function openDb(url: string, connections = 10): Db {
  return open({ connectionString: url, max: connections, options: IN_MEMORY });
}

/**
 * Opens one connection, kept open, for statements that are run over and over. Each is planned once for all sizes of its
 * lists and tables: planning the writer's costs more than running it for a few messages. So that a plan made while the
 * tables were small is not one for small tables, whole tables are never read.
 */
export function openPlannedDb(url: string): Db {
  const names = new Map<string, string>();
  const nameOf = (sql: string) => {
    const name = names.get(sql) ?? `planned ${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
  const options = `${IN_MEMORY} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_mergejoin=off`;
  return open({ connectionString: url, max: 1, idleTimeoutMillis: 0, options }, ({ sql }) => nameOf(sql));
}

function open(options: PoolConfig, statementNameGenerator?: (query: { sql: string }) => string): Db {
  const pool = new DatabasePool({ ...options, Client: DatabaseClient, ...DATABASE_PATIENCE });
  const named = statementNameGenerator ? { statementNameGenerator } : {};
  const adapter = new PrismaPg(pool, { disposeExternalPool: true, ...named });
  return new PrismaClient({ adapter, errorFormat: "minimal" });
}

/** Ends the connections; those on which nothing is answered are left behind. */
export async function closeDb(db: Db): Promise<void> {
  await Promise.race([db.$disconnect(), delay(GOODBYE_MS, undefined, { ref: false })]);
}
