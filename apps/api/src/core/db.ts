import { PrismaPg } from "@prisma/adapter-pg";
import { DATABASE_PATIENCE, DatabaseClient, DatabasePool } from "./database-client.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

export type Db = PrismaClient;
/** Either the client or an open transaction: what a query that may be part of an act takes. */
export type Tx = Pick<Prisma.TransactionClient, "$queryRaw" | "$executeRaw"> & Omit<Prisma.TransactionClient, "$on">;
export const sql = Prisma.sql;
export type Sql = Prisma.Sql;

/**
 * What a chat asks for is nearly always in memory, where a row by its index costs no more than the next one. PostgreSQL
 * expects a disk that turns, and would rather read a table of many thousand rows from end to end than look up some hundred.
 */
export const IN_MEMORY = "-c random_page_cost=1.1";

/** Opens a client on the database. Connections are made when first needed, at most `connections` of them. */
export function openDb(url: string, connections = 10): Db {
  const options = {
    connectionString: url,
    max: connections,
    Client: DatabaseClient,
    options: IN_MEMORY,
    ...DATABASE_PATIENCE,
  };
  const adapter = new PrismaPg(new DatabasePool(options), { disposeExternalPool: true });
  return new PrismaClient({ adapter, errorFormat: "minimal" });
}
