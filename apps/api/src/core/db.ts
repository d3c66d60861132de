import { PrismaPg } from "@prisma/adapter-pg";
import { DATABASE_PATIENCE, DatabaseClient } from "./database-client.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

export type Db = PrismaClient;
/** Either the client or an open transaction: what a query that may be part of an act takes. */
export type Tx = Pick<Prisma.TransactionClient, "$queryRaw" | "$executeRaw"> & Omit<Prisma.TransactionClient, "$on">;
export const sql = Prisma.sql;
export type Sql = Prisma.Sql;

/** Opens a client on the database. Connections are made when first needed, at most `connections` of them. */
export function openDb(url: string, connections = 10): Db {
  const pool = { connectionString: url, max: connections, Client: DatabaseClient, ...DATABASE_PATIENCE };
  return new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: "minimal" });
}
