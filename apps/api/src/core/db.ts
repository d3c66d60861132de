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

/** How many statements are told apart; one whose text is another each time must not fill the memory. */
const STATEMENTS_MAX = 500;
/** A statement run so often is worth its plan's memory on each connection. */
const OFTEN = 20;

/**
 * Names for statements that come often, so that PostgreSQL reads and plans them once for a connection: for what finds a
 * few rows by an index, that costs more than finding them. All others have none.
 */
function nameWhatComesOften(often: number): (query: { sql: string }) => string {
  const statements = new Map<string, { name: string; times: number }>();
  return ({ sql }) => {
    const statement = statements.get(sql) ?? { name: `statement ${statements.size + 1}`, times: 0 };
    if (statement.times === 0 && statements.size < STATEMENTS_MAX) statements.set(sql, statement);
    statement.times += 1;
    return statement.times >= often ? statement.name : "";
  };
}

/**
 * A plan made while the tables were small must not be one for small tables: no table is read from end to end where there is
 * another way. Where there is none, older versions take the price they were given for a reason to compile the statement.
 */
const BY_INDEX = `${IN_MEMORY} -c enable_seqscan=off -c jit=off`;

/** Opens a client on the database. Connections are made when first needed, at most `connections` of them. */
export function openDb(url: string, connections = 10): Db {
  return open({ connectionString: url, max: connections, options: BY_INDEX }, OFTEN);
}

/**
 * Opens one connection, kept open, for statements that are run over and over. Each is planned once, for all sizes of its
 * lists: planning the writer's costs more than running it for a few messages.
 */
export function openPlannedDb(url: string): Db {
  const options = `${BY_INDEX} -c plan_cache_mode=force_generic_plan -c enable_mergejoin=off`;
  return open({ connectionString: url, max: 1, idleTimeoutMillis: 0, options }, 1);
}

function open(options: PoolConfig, often: number): Db {
  const pool = new DatabasePool({ ...options, Client: DatabaseClient, ...DATABASE_PATIENCE });
  const statementNameGenerator = nameWhatComesOften(often);
  const adapter = new PrismaPg(pool, { disposeExternalPool: true, statementNameGenerator });
  return new PrismaClient({ adapter, errorFormat: "minimal" });
}

/** Ends the connections; those on which nothing is answered are left behind. */
export async function closeDb(db: Db): Promise<void> {
  await Promise.race([db.$disconnect(), delay(GOODBYE_MS, undefined, { ref: false })]);
}
