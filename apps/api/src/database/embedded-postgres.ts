import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open, realpath, rename, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { codeOf, DatabaseError } from "./database-error.ts";
import { type Cluster, POSTGRES_ENVIRONMENT, prepareCluster, rememberPort } from "./postgres-cluster.ts";
import { inheritOwnership, takeOwnership } from "./postgres-ownership.ts";
import { isAlive, isPostmasterOf, readPidFile, stopPostmaster } from "./postmaster.ts";

// The PostgreSQL that Confab brings along: made, started, watched and stopped here. docs/decisions/002 says why so.

const POLL_MS = 10;
const RETRY_MS = 250;
const MAX_ATTEMPTS = 40;
const LOG_FILE_LIMIT = 10_000_000;
/** Another server that starts at this moment, or processes of a killed one that are still ending. */
const PASSING_TROUBLE = /lock file "postmaster.pid"|shared memory block/;
/** The time and the process before each line of its log. */
const LINE_PREFIX = /^\S+ \S+ \S+ \[\d+\] /;
const PORT_TAKEN = /Address already in use/;

type Log = { info(message: string): void; warn(message: string): void; error(message: string): void };

export type EmbeddedPostgresOptions = {
  /** Holds the data, the passwords and PostgreSQL's log. */
  dataDir: string;
  log: Log;
  /** Exactly this port; without it a free one, kept from start to start where possible. */
  port?: number;
  /** Told when PostgreSQL ends without having been asked to. */
  onExit?: (reason: string) => void;
  /** false gives up safety against power cuts for speed: for data that nobody will miss. */
  durable?: boolean;
  /** Where root's copies go when the account that runs PostgreSQL cannot reach the checkout. */
  systemDir?: string;
};

export type EmbeddedPostgres = { url: string; stop(): Promise<void> };

/**
 * Starts the PostgreSQL of a data directory, making it first if need be. One left behind by a killed server is stopped
 * before; one that a living server uses is left alone. Throws DatabaseError with a sentence for the operator.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  try {
    const cluster = await prepareCluster(dataDir, options.systemDir ?? "/var/lib/confab");
    if (cluster.home !== join(await realpath(dataDir), "postgres"))
      options.log.info(
        `The database lies in ${cluster.home}, for the user that runs PostgreSQL cannot enter ${dataDir}.`,
      );
    const logFile = join(dataDir, "postgres.log");
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      await stopOrphan(cluster, options.log);
      const port = options.port ?? (await choosePort(cluster.access.port));
      const launched = await launch(cluster, port, logFile, options.durable ?? true);
      if (typeof launched !== "string") {
        const serving = await serve(cluster, port, launched, options);
        if (serving !== undefined) return serving;
      } else {
        const passes = PASSING_TROUBLE.test(launched) || (options.port === undefined && PORT_TAKEN.test(launched));
        if (!passes || attempt === MAX_ATTEMPTS) throw startProblem(launched, logFile, options.port);
      }
      await delay(RETRY_MS);
    }
    throw new DatabaseError(`The embedded PostgreSQL started but never answered. More is in ${logFile}.`);
  } catch (error) {
    if (error instanceof DatabaseError || !(error instanceof Error)) throw error;
    throw new DatabaseError(`The embedded PostgreSQL cannot use ${dataDir}: ${error.message}.`, { cause: error });
  }
}

function startProblem(output: string, logFile: string, wantedPort: number | undefined): DatabaseError {
  if (wantedPort !== undefined && PORT_TAKEN.test(output))
    return new DatabaseError(`Port ${wantedPort}, wanted for the embedded PostgreSQL, is in use by another program.`);
  const reason =
    output.split("\n").findLast((line) => /FATAL|PANIC|error|could not/i.test(line)) ?? "it ended without a word";
  return new DatabaseError(
    `The embedded PostgreSQL did not start (${reason.replace(LINE_PREFIX, "").trim()}). More is in ${logFile}.`,
  );
}

async function stopOrphan(cluster: Cluster, log: Log): Promise<void> {
  const found = await readPidFile(cluster.clusterDir);
  if (found === undefined || !(await isPostmasterOf(found.pid, cluster.clusterDir))) return;
  await inheritOwnership(cluster, found);
  log.warn("Stopping the PostgreSQL that an earlier server left behind.");
  await stopPostmaster(found.pid, cluster.clusterDir);
}

async function choosePort(remembered: number): Promise<number> {
  for (const candidate of [remembered, 0]) {
    const probe = createServer();
    const listening = once(probe, "listening");
    probe.listen(candidate, "127.0.0.1");
    try {
      await listening;
    } catch (error) {
      if (codeOf(error) === "EADDRINUSE" || codeOf(error) === "EACCES") continue;
      throw error;
    }
    const address = probe.address();
    probe.close();
    if (address !== null && typeof address === "object") return address.port;
  }
  throw new DatabaseError("No port is free on 127.0.0.1 for the embedded PostgreSQL.");
}

function serverSettings(port: number, durable: boolean): string[] {
  const safety = durable ? "on" : "off";
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    // A socket's path may have 107 bytes; a checkout's path has as many as it likes.
    unix_socket_directories: "",
    fsync: safety,
    full_page_writes: safety,
    synchronous_commit: safety,
    log_checkpoints: "off",
    // To see whether there is anything to vacuum takes a new process for each database, also where nothing ever happens.
    autovacuum_naptime: "5min",
    // After a crash everything is written out first. File by file that took ten seconds on a busy disk, at once a tenth of one.
    ...(process.platform === "linux" && { recovery_init_sync_method: "syncfs" }),
    log_timezone: "UTC",
    timezone: "UTC",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Starts the server process and waits until it takes connections. Gives back what it said if it ended instead. */
async function launch(
  { home, clusterDir, binDir, account }: Cluster,
  port: number,
  logFile: string,
  durable: boolean,
): Promise<ChildProcess | string> {
  const logged = await stat(logFile).catch(() => undefined);
  if (logged !== undefined && logged.size > LOG_FILE_LIMIT) await rename(logFile, `${logFile}.old`);
  const log = await open(logFile, "a+", 0o600);
  try {
    if (account !== undefined) await log.chown(account.uid, account.gid);
    const { size: logStart } = await log.stat();
    const stale = await readPidFile(clusterDir);
    const child = spawn(join(binDir, "postgres"), ["-D", clusterDir, ...serverSettings(port, durable)], {
      cwd: home,
      // Its own session: Ctrl-C reaches every process of the terminal, and the server has to drain before this one ends.
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: {
        ...POSTGRES_ENVIRONMENT,
        // A pid file whose number now belongs to a stranger would stop PostgreSQL. Deleting the file would also switch
        // off its check for surviving processes of the old server; declaring the stranger a relative keeps that check.
        ...(stale !== undefined && isAlive(stale.pid) && { PG_GRANDPARENT_PID: String(stale.pid) }),
      },
      ...(account !== undefined && { uid: account.uid, gid: account.gid }),
    });
    const ended = once(child, "exit").then(() => true);
    for (;;) {
      if (await Promise.race([ended, delay(POLL_MS, false)])) return await readFrom(log, logStart);
      const current = await readPidFile(clusterDir);
      if (current?.pid === child.pid && current?.ready) return child;
    }
  } finally {
    await log.close();
  }
}

async function readFrom(log: FileHandle, start: number): Promise<string> {
  const { size } = await log.stat();
  const { buffer } = await log.read({ buffer: Buffer.alloc(size - start), position: start });
  return buffer.toString("utf8");
}

/** Makes the role and the database of Confab itself: the server never works as a superuser. */
async function ensureDatabase(cluster: Cluster, admin: pg.Client): Promise<void> {
  const role = await admin.query("SELECT FROM pg_roles WHERE rolname = 'confab'");
  if (role.rowCount === 0)
    await admin.query(`CREATE ROLE confab LOGIN CREATEDB PASSWORD ${admin.escapeLiteral(cluster.access.password)}`);
  const database = await admin.query("SELECT FROM pg_database WHERE datname = 'confab'");
  if (database.rowCount === 0) await admin.query("CREATE DATABASE confab OWNER confab");
}

/** Takes charge of a PostgreSQL just started. Undefined when another server that starts too was faster. */
async function serve(
  cluster: Cluster,
  port: number,
  child: ChildProcess,
  { log, onExit }: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres | undefined> {
  const pid = child.pid ?? 0;
  // The last resort of a server that exits without stop(): asked to end, PostgreSQL does so without us.
  const endWithUs = () => void child.kill("SIGINT");
  process.on("exit", endWithUs);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopPostmaster(pid, cluster.clusterDir).finally(() => process.off("exit", endWithUs));
    return stopping;
  };
  const owner = await takeOwnership(cluster, port);
  if (typeof owner === "string") {
    await stop();
    if (owner !== "refused") return undefined;
    throw new DatabaseError(
      `The passwords in ${cluster.home} are not those of the data beside them. Bring the right ones back.`,
    );
  }
  child.on("exit", (code, signal) => {
    if (stopping !== undefined) return;
    // Its number may soon be somebody else's.
    stopping = Promise.resolve();
    process.off("exit", endWithUs);
    const reason = `The embedded PostgreSQL ended unexpectedly (${signal ?? `code ${code}`}).`;
    log.error(reason);
    onExit?.(reason);
  });
  // PostgreSQL drops every connection when one of its processes crashes, and goes on: so does the owner.
  const reown = async () => {
    while (stopping === undefined && isAlive(pid)) {
      const again = await takeOwnership(cluster, port);
      if (typeof again !== "string") return void again.on("end", () => void reown());
      await delay(RETRY_MS);
    }
  };
  owner.on("end", () => void reown());
  try {
    await ensureDatabase(cluster, owner);
    await rememberPort(cluster, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgresql://confab:${cluster.access.password}@127.0.0.1:${port}/confab`, stop };
}
