import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { isAlive, isPostmasterOf, readPidFile } from "./postmaster.ts";

const isRoot = process.getuid?.() === 0;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ANOTHER = /^Another Confab is (running|starting) on /;

let seed: string;
let folder: string;
let dataDir: string;
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeAll(async () => {
  seed = await makeFolder();
  dataDir = join(seed, "data");
  await (await startEmbeddedPostgres({ dataDir, log: quiet })).stop();
});

afterAll(() => rm(seed, { recursive: true }));

beforeEach(async () => {
  folder = await makeFolder();
  dataDir = join(folder, "data");
  running = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(running.map((postgres) => postgres.stop()));
  const left = await readPidFile(clusterDir()).catch(() => undefined);
  if (left !== undefined && isAlive(left.pid)) process.kill(left.pid, "SIGKILL");
  await rm(folder, { recursive: true, maxRetries: 5 });
});

async function makeFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "confab-embedded-"));
  // The user that runs PostgreSQL must get through.
  await chmod(made, 0o755);
  return made;
}

/** Puts a cluster into the data directory that has been started and stopped once: most tests need not see the first start. */
async function copySeed(): Promise<void> {
  await promisify(execFile)("cp", ["-a", join(seed, "data"), dataDir]);
}

const clusterDir = () => join(dataDir, "postgres", "data");

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet, systemDir: join(folder, "system"), ...options });
  running.push(postgres);
  return postgres;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(): Promise<number> {
  const found = await readPidFile(clusterDir());
  if (found === undefined) throw new Error("no PostgreSQL is running");
  return found.pid;
}

/** A Node process of its own that starts the database, prints its address and then does what `then` says. */
function startInChild(then: string): ChildProcess {
  const module = new URL("./embedded-postgres.ts", import.meta.url).href;
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    const options = { dataDir: ${JSON.stringify(dataDir)}, log: { ...console, warn: () => undefined } };
    const postgres = await startEmbeddedPostgres(options).catch((error) => {
      console.log("failed: " + error.message);
      process.exit(1);
    });
    console.log(postgres.url);
    ${then}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the child has no output");
  let text = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const line = /^(.*)\n/.exec(text)?.[1];
    if (line?.startsWith("failed: ")) throw new Error(line.slice("failed: ".length));
    if (line !== undefined) return line;
  }
  throw new Error(`the child ended after saying "${text}"`);
}

describe("starting and stopping", () => {
  it("works below any path, keeps its data, its port and its secrets", async () => {
    dataDir = join(folder, "Ünïcode with spaces 'and' 日本語", "long".repeat(40));
    const cold = performance.now();
    const first = await start();
    const coldMs = performance.now() - cold;
    await query(first.url, "CREATE TABLE notes AS SELECT 'kept' AS body");
    const facts = await query(
      first.url,
      `SELECT current_setting('server_version_num')::int / 10000 AS version, rolsuper AS superuser,
              current_setting('listen_addresses') AS listens,
              current_setting('data_checksums') AS checksums, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS commit, current_setting('server_encoding') AS encoding
         FROM pg_roles WHERE rolname = current_user`,
    );
    expect(facts).toEqual([
      {
        ...{ version: 18, superuser: false, listens: "127.0.0.1", checksums: "on", fsync: "on", commit: "on" },
        encoding: "UTF8",
      },
    ]);
    expect((await stat(join(dataDir, "postgres", "access.json"))).mode & 0o777).toBe(0o600);
    await expect(query(first.url.replace(/:\w+@/, ":wrong@"), "SELECT 1")).rejects.toThrow(
      /password authentication failed/,
    );
    const pid = await postmasterPid();
    await first.stop();
    await first.stop();
    expect(await isPostmasterOf(pid, clusterDir())).toBe(false);

    const warm = performance.now();
    const second = await start();
    console.info(
      `embedded PostgreSQL: cold start ${coldMs.toFixed(0)} ms, warm ${(performance.now() - warm).toFixed(0)} ms`,
    );
    expect(second.url).toBe(first.url);
    expect(await query(second.url, "SELECT body FROM notes")).toEqual([{ body: "kept" }]);
  });

  it("finds letters of every script for trigram search", async () => {
    await copySeed();
    const { url } = await start();
    await query(url, "CREATE EXTENSION pg_trgm");
    expect(await query(url, "SELECT 'привет мир' % 'привет' AS similar, lower('ÅÑÇ') AS lower")).toEqual([
      { similar: true, lower: "åñç" },
    ]);
  });

  it("moves to another port when its own has been taken, and names a demanded one that is", async () => {
    await copySeed();
    const first = await start();
    await first.stop();
    const blocker = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
    await once(blocker, "listening");
    try {
      await expect(start({ port: Number(new URL(first.url).port) })).rejects.toThrow(
        /^Port \d+, wanted for .* is in use/,
      );
      const second = await start();
      expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    } finally {
      blocker.close();
    }
  });

  it("tells when PostgreSQL dies by itself, and starts again afterwards", async () => {
    await copySeed();
    const died = Promise.withResolvers<string>();
    const { url, stop } = await start({ onExit: died.resolve });
    await query(url, "CREATE TABLE notes AS SELECT 'kept' AS body");
    process.kill(await postmasterPid(), "SIGKILL");
    expect(await died.promise).toBe("The embedded PostgreSQL ended unexpectedly (SIGKILL).");
    await stop();

    const again = await start();
    expect(await query(again.url, "SELECT body FROM notes")).toEqual([{ body: "kept" }]);
  });

  it("names a folder that PostgreSQL's own set-up would trip over", async () => {
    dataDir = join(folder, "cash $HOME");
    await expect(start()).rejects.toThrow(/^PostgreSQL cannot be set up below .*\$HOME.* Rename the folder\.$/);
  });

  it("says which file is missing when the passwords are gone", async () => {
    await copySeed();
    await rm(join(dataDir, "postgres", "access.json"));
    await expect(start()).rejects.toThrow(/access\.json is missing: .* Bring it back\.$/);
  });

  it("refuses data of another major version", async () => {
    await copySeed();
    await writeFile(join(clusterDir(), "PG_VERSION"), "17\n");
    await expect(start()).rejects.toThrow(/was made by PostgreSQL 17, but this release brings 18/);
  });
});

describe("after a death", () => {
  it("stops the PostgreSQL of a killed server and goes on with its data", async () => {
    await copySeed();
    const child = startInChild("");
    const url = await firstLine(child);
    await query(url, "CREATE TABLE notes AS SELECT 'kept' AS body");
    const orphan = await postmasterPid();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await isPostmasterOf(orphan, clusterDir())).toBe(true);

    const next = await start();

    expect(await isPostmasterOf(orphan, clusterDir())).toBe(false);
    expect(await query(next.url, "SELECT body FROM notes")).toEqual([{ body: "kept" }]);
  });

  it("begins anew when the very first start was killed in the middle", async () => {
    const child = startInChild("");
    const drafts = async () => {
      const entries = await readdir(join(dataDir, "postgres")).catch(() => []);
      return entries.filter((entry) => entry.startsWith("data.draft"));
    };
    await expect.poll(drafts, { interval: 5 }).not.toEqual([]);
    child.kill("SIGKILL");
    await once(child, "exit");

    const { url } = await start();

    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it.each(["a process that is gone", "a stranger"])("is not deterred by a pid file that names %s", async (whose) => {
    await copySeed();
    const first = await start();
    await first.stop();
    const owner = await stat(clusterDir());
    const stranger = spawn("sleep", ["60"], isRoot ? { uid: owner.uid, gid: owner.gid } : {});
    children.push(stranger);
    await once(stranger, "spawn");
    if (whose !== "a stranger") {
      stranger.kill();
      await once(stranger, "exit");
    }
    const port = new URL(first.url).port;
    const lines = [stranger.pid, clusterDir(), 1_700_000_000, port, "", "127.0.0.1", "  1234567         1", "ready   "];
    await writeFile(join(clusterDir(), "postmaster.pid"), `${lines.join("\n")}\n`);

    const { url } = await start();

    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(stranger.signalCode).toBe(whose === "a stranger" ? null : "SIGTERM");
  });
});

describe("two servers on one data directory", () => {
  it("turns the second away and leaves the first in peace", async () => {
    await copySeed();
    const { url } = await start();
    const pid = await postmasterPid();
    await expect(start()).rejects.toThrow(ANOTHER);
    expect(await postmasterPid()).toBe(pid);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("lets exactly one of two win that start at once", async () => {
    const outcomes = await Promise.allSettled([firstLine(startInChild("")), start()]);
    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [String(outcome.reason.message)] : [],
    );
    expect(refusals).toEqual([expect.stringMatching(ANOTHER)]);
    expect(await isPostmasterOf(await postmasterPid(), clusterDir())).toBe(true);
  });

  it("keeps its claim when PostgreSQL has dropped every connection after a crash inside", async () => {
    await copySeed();
    const { url } = await start();
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    const dropped = new Promise<void>((done) => client.once("end", done));
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    process.kill(rows[0]?.pid ?? 0, "SIGKILL");
    await dropped;
    const claims = () => query(url, "SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory'");
    await expect.poll(() => claims().catch(() => "not back yet"), { timeout: 10_000 }).toEqual([{ count: 1 }]);

    await expect(start()).rejects.toThrow(ANOTHER);
  });
});

describe("the end of the server", () => {
  it("survives Ctrl-C until the server has drained, and not longer", async () => {
    await copySeed();
    const child = startInChild(`
      import("node:net").then(({ connect }) => process.on("SIGINT", () => {
        const socket = connect(Number(new URL(postgres.url).port), "127.0.0.1", async () => {
          socket.end();
          await postgres.stop();
          process.exit(7);
        });
      }));
      setInterval(() => undefined, 1000);`);
    await firstLine(child);
    const pid = await postmasterPid();
    // Throws unless PostgreSQL leads a process group of its own.
    process.kill(-pid, 0);
    // What a terminal does: the signal goes to the whole group.
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect(await once(child, "exit")).toEqual([7, null]);
    expect(await isPostmasterOf(pid, clusterDir())).toBe(false);
  });

  it("goes with a server that exits without stopping it", async () => {
    await copySeed();
    const child = startInChild("process.exit(0);");
    await once(child, "exit");
    await expect.poll(() => readPidFile(clusterDir())).toBeUndefined();
  });
});

describe.runIf(isRoot)("started by root", () => {
  it("links the data to a place that the postgres user can enter", async () => {
    const closed = join(folder, "closed");
    dataDir = join(closed, "data");
    await mkdir(closed, { mode: 0o700 });

    const { url } = await start();

    expect(await readlink(join(dataDir, "postgres"))).toMatch(new RegExp(`^${join(folder, "system")}/postgres-`));
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("says how out when existing data has become unreachable", async () => {
    dataDir = join(folder, "closed", "data");
    const first = await start();
    await first.stop();
    await chmod(join(folder, "closed"), 0o700);

    await expect(start()).rejects.toThrow(
      /cannot enter .*: open the folders above it \(chmod o\+x\), .* or set DATA_DIR\.$/,
    );
    await chmod(join(folder, "closed"), 0o755);
  });

  it("runs PostgreSQL as somebody else", async () => {
    await copySeed();
    await start();
    const status = await readFile(`/proc/${await postmasterPid()}/status`, "utf8");
    expect(status).toMatch(/^Uid:\t(?!0\t)/m);
  });
});
