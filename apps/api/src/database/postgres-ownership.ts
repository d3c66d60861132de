import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { codeOf, DatabaseError } from "./database-error.ts";
import type { Cluster } from "./postgres-cluster.ts";
import { isPostmasterOf, type PidFile } from "./postmaster.ts";

// One server owns an embedded PostgreSQL: it started it and will stop it. The mark of ownership is a lock held by a
// connection, so that it vanishes in the moment its owner dies, however it dies, and can never be stale.

const OWNER_LOCK = 6_332_701;
const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS = 50;
/** A server that starts after a crash first replays its log, and says so to whoever asks meanwhile. */
const ANSWER_TIMEOUT_MS = 60_000;

/** Opens a connection as the cluster's superuser; only this folder's code ever does. */
async function connectAsAdmin(cluster: Cluster, port: number): Promise<pg.Client> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password: cluster.access.adminPassword,
    database: "postgres",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Its end is seen by the "end" event; an error without listener would end the process.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/**
 * Tries to become the owner: the connection that means it, or why not. "refused": not with our password. "silent": no
 * answer just now, as from a PostgreSQL that is starting or stopping.
 */
export async function takeOwnership(
  cluster: Cluster,
  port: number,
): Promise<pg.Client | "taken" | "refused" | "silent"> {
  try {
    const client = await connectAsAdmin(cluster, port);
    const { rows } = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [OWNER_LOCK]);
    if (rows.some((row) => row.taken)) return client;
    await client.end();
    return "taken";
  } catch (error) {
    return codeOf(error) === "28P01" ? "refused" : "silent";
  }
}

/** Takes ownership from a server that is gone. Throws when it is not gone. */
export async function inheritOwnership(cluster: Cluster, { pid, port }: PidFile): Promise<void> {
  for (const until = Date.now() + ANSWER_TIMEOUT_MS; Date.now() < until; await delay(RETRY_MS)) {
    if (!(await isPostmasterOf(pid, cluster.clusterDir))) return;
    const outcome = await takeOwnership(cluster, port);
    if (outcome === "silent") continue;
    if (outcome !== "taken") return;
    throw new DatabaseError(
      `Another Confab is running on ${cluster.home}. Stop it first, or give this one a DATA_DIR of its own. (Nodes that belong together share one DATABASE_URL.)`,
    );
  }
}
