import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../src/database/embedded-postgres.ts";
import { isPostmasterOf, readPidFile } from "../src/database/postmaster.ts";

// For tests of the embedded PostgreSQL itself: a data directory of its own for each test, and everything that was started
// in it ended afterwards. All other tests share the one PostgreSQL of the whole run (test-database.ts).

const MODULE = new URL("../src/database/embedded-postgres.ts", import.meta.url).href;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The folder of the present test, and where its data lies in it; a test may choose another place. */
export const place = { folder: "", dataDir: "" };
let seed: string;
let running: EmbeddedPostgres[] = [];
let children: ChildProcess[] = [];

/** Call once at the top of a test file. */
export function giveEachTestItsOwnPostgres(): void {
  beforeAll(async () => {
    seed = await makeFolder();
    const postgres = await startEmbeddedPostgres({ dataDir: join(seed, "data"), log: quiet });
    await postgres.stop();
  });

  afterAll(() => rm(seed, { recursive: true }));

  beforeEach(async () => {
    place.folder = await makeFolder();
    place.dataDir = join(place.folder, "data");
  });

  afterEach(async () => {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(running.map((postgres) => postgres.stop()));
    const left = await readPidFile(clusterDir());
    if (left !== undefined && (await isPostmasterOf(left.pid, clusterDir()))) process.kill(left.pid, "SIGKILL");
    await rm(place.folder, { recursive: true, maxRetries: 5 });
    running = [];
    children = [];
  });
}

async function makeFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "confab-embedded-"));
  // The user that runs PostgreSQL must get through.
  await chmod(made, 0o755);
  return made;
}

/** Puts a cluster in place that has been started and stopped once: most tests need not sit through a first start. */
export async function copySeed(): Promise<void> {
  await promisify(execFile)("cp", ["-a", join(seed, "data"), place.dataDir]);
}

export const clusterDir = () => join(place.dataDir, "postgres", "data");

export async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const systemDir = join(place.folder, "system");
  const postgres = await startEmbeddedPostgres({ dataDir: place.dataDir, log: quiet, systemDir, ...options });
  running.push(postgres);
  return postgres;
}

export async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

export async function postmasterPid(): Promise<number> {
  const found = await readPidFile(clusterDir());
  if (found === undefined) throw new Error("no PostgreSQL is running");
  return found.pid;
}

/** Starts a program that is killed with the test. */
export function startProgram(
  command: string,
  args: string[],
  account: { uid?: number; gid?: number } = {},
): ChildProcess {
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "inherit"], ...account });
  children.push(child);
  return child;
}

/** A Node process of its own that starts the database, runs `then` and prints the address. */
export function startInChild(then: string): ChildProcess {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(MODULE)};
    const options = { dataDir: ${JSON.stringify(place.dataDir)}, log: { ...console, warn: () => undefined } };
    const postgres = await startEmbeddedPostgres(options).catch((error) => {
      console.log("failed: " + error.message);
      process.exit(1);
    });
    ${then}
    console.log(postgres.url);`;
  return startProgram(process.execPath, ["--input-type=module", "--eval", script]);
}

/** The address a child prints, or the reason why it could not start. */
export async function addressOf(child: ChildProcess): Promise<string> {
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
