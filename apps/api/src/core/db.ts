import { PrismaPg } from "@prisma/adapter-pg";
import type { PoolConfig } from "pg";
import { DATABASE_PATIENCE, DatabaseClient, DatabasePool, withinGoodbye } from "./database-client.ts";
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

/** Ids out of a list that a statement gives as text: reading it as a list takes the driver a piece of memory for each. */
export function fromList(list: string): string[] {
  return list === "{}" ? [] : list.slice(1, -1).split(",");
}

/**
 * What a chat asks for is nearly always in memory, where a row by its index costs no more than the next one. PostgreSQL
 * expects a disk that turns, and would rather read a table of many thousand rows from end to end than look up some hundred.
 */
const IN_MEMORY = "-c random_page_cost=1.1";

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
    const known = statements.get(sql);
    // Two statements of one name would be refused.
    if (!known && statements.size >= STATEMENTS_MAX) return "";
    const statement = known ?? { name: `statement ${statements.size + 1}`, times: 0 };
    statements.set(sql, statement);
    statement.times += 1;
    return statement.times >= often ? statement.name : "";
  };
}

/**
 * Statements are planned for whatever they may be asked, and those with a name only once: planning what joins eight tables
 * costs more than answering it. A plan made while the tables were small must not be one for small tables: no table is read
 * from end to end where there is another way. Where there is none, older versions take the price they were given for a reason
 * to compile the statement.
 */
export const BY_INDEX = `${IN_MEMORY} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off`;

/** Clients and the pools they take their connections from. */
const askers = new WeakMap<object, Ask>();

/** Connections that stay open: what is looked at once a minute comes together, and costs less than opening some for it. */
const STAYING = 3;

/** Opens a client on the database. Connections are made when first needed, at most `connections` of them. */
export function openDb(url: string, connections = 10): Db {
  const pool = newPool({ connectionString: url, max: connections, min: STAYING, options: BY_INDEX });
  pool.on("error", forgetLost);
  const statementNameGenerator = nameWhatComesOften(OFTEN);
  const adapter = new PrismaPg(pool, { disposeExternalPool: true, statementNameGenerator });
  const db = new PrismaClient({ adapter, errorFormat: "minimal" });
  askers.set(db, askBy(pool, statementNameGenerator));
  return db;
}

/**
 * The rows of one statement: the way for everything outside of a transaction, and for what may also be part of one. Outside
 * it goes straight to the driver, where it costs half of what it does by Prisma. And Prisma loads its compiler of queries
 * (15 MB) before the first thing it is asked, although SQL goes past it: with the first transaction is early enough.
 * Fails as PostgreSQL, or the driver, says.
 */
export function ask<Row>(tx: Tx, statement: Sql): Promise<Row[]> {
  const askDriver = askers.get(tx);
  return askDriver ? askDriver(statement) : tx.$queryRaw(statement);
}

/** Runs one statement and gives its rows. Fails as PostgreSQL, or the driver, says. */
export type Ask = <Row>(statement: Sql) => Promise<Row[]>;

/**
 * Opens one connection, kept open, for a statement that is run over and over. It is planned once, for all sizes of its
 * lists: planning the writer's costs more than running it for a few messages. Without Prisma, which would need as much
 * memory for one statement as for all.
 */
export function openPlanned(url: string): { ask: Ask; close(): Promise<void> } {
  const options = `${BY_INDEX} -c enable_mergejoin=off`;
  const pool = newPool({ connectionString: url, max: 1, idleTimeoutMillis: 0, options });
  pool.on("error", forgetLost);
  return { ask: askBy(pool, nameWhatComesOften(1)), close: () => withinGoodbye(pool.end()) };
}

function askBy(pool: DatabasePool, nameOf: (query: { sql: string }) => string): Ask {
  return async <Row>({ text, values }: Sql) => {
    const { rows } = await pool.query({ name: nameOf({ sql: text }), text, values });
    return rows as Row[];
  };
}

/** An idle connection that is lost has left the pool; the next statement opens another, or says why it cannot. */
const forgetLost = () => undefined;

function newPool(options: PoolConfig): DatabasePool {
  return new DatabasePool({ ...options, Client: DatabaseClient, ...DATABASE_PATIENCE });
}

/** Ends the connections; those on which nothing is answered are left behind. */
export function closeDb(db: Db): Promise<void> {
  return withinGoodbye(db.$disconnect());
}
