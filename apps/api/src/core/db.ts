import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "./generated/client.ts";

export type Db = PrismaClient;
/** Either the client or an open transaction: what a query that may be part of an act takes. */
export type Tx = Pick<Prisma.TransactionClient, "$queryRaw" | "$executeRaw"> & Omit<Prisma.TransactionClient, "$on">;
export const sql = Prisma.sql;
export type Sql = Prisma.Sql;

/** Opens a client on the database. Connections are made when first needed, at most `connections` of them. */
export function openDb(url: string, connections = 10): Db {
  const adapter = new PrismaPg({
    connectionString: url,
    max: connections,
    // A request must end in an answer, not hang: 2 s is the promise for "the database is away".
    connectionTimeoutMillis: 2_000,
    // A database that vanished without a word (a firewall, a lost machine) is away too. Longer than any statement of ours.
    query_timeout: 5_000,
    keepAlive: true,
  });
  return new PrismaClient({ adapter, errorFormat: "minimal" });
}
