import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const ROOT = path.resolve(import.meta.dirname, "../..");
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 15_000;
const LOG_CHARACTERS_MAX = 200_000;

export const ADMIN = { username: "Ada", email: "ada@example.org", password: "ada-keeps-order" };

/** For a server whose first administrator comes by the set-up link. */
export const WITHOUT_ADMIN = { ADMIN_USERNAME: undefined, ADMIN_EMAIL: undefined, ADMIN_PASSWORD: undefined };

export interface ServerOptions {
  dataDir?: string;
  port?: number;
  /** Put over the usual environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
}

/** The real server as an operator runs it: one process, its own database, its own port. */
export class Server {
  readonly url: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** What the server printed, for the report of a failure. */
  log = "";
  readonly #ownsDataDir: boolean;
  #child: ChildProcess | null = null;
  readonly #killAtExit = () => this.#killEverything();

  constructor(options: Required<ServerOptions> & { ownsDataDir: boolean }) {
    this.url = `http://127.0.0.1:${options.port}`;
    this.dataDir = options.dataDir;
    this.#ownsDataDir = options.ownsDataDir;
    this.env = {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: String(options.port),
      DATA_DIR: options.dataDir,
      RATE_LIMIT_SCALE: "1000",
      LOG_LEVEL: "warn",
      ADMIN_USERNAME: ADMIN.username,
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      ...options.env,
    };
    // A run that breaks off must not leave a server or a database behind.
    process.once("exit", this.#killAtExit);
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ["apps/api/src/server.ts"], {
      cwd: ROOT,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-LOG_CHARACTERS_MAX);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await this.#untilReady(child);
  }

  /** Asks the server to end, as Ctrl-C does, and waits until it and its database are gone. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    const databases = this.#databases();
    if (databases.length === 0) return;
    this.#killEverything();
    throw new Error(`The server ended and left its database running (process ${databases.join(", ")}).\n${this.log}`);
  }

  /** The process is gone between two instructions; its database may stay. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Comes back on the same port with the same data, after whatever ended it. */
  async restart(): Promise<void> {
    if (this.#isRunning()) await this.stop();
    await this.start();
  }

  async dispose(): Promise<void> {
    try {
      if (this.#isRunning()) await this.stop();
    } finally {
      this.#killEverything();
      process.off("exit", this.#killAtExit);
      if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  #isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_MS_MAX;
    while (Date.now() < deadline) {
      if (!this.#isRunning()) throw new Error(`The server ended while starting (${child.exitCode}).\n${this.log}`);
      // It listens when it is ready. Asked for /readyz, it would later wait for a balancer to notice its end.
      const answer = await fetch(`${this.url}/healthz`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.status === 200) return;
      await delay(25);
    }
    this.#killEverything();
    throw new Error(`The server was not ready after ${START_MS_MAX / 1000} s.\n${this.log}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.#isRunning()) return;
    const gone = once(child, "exit", { signal: AbortSignal.timeout(STOP_MS_MAX) });
    child.kill(signal);
    await gone.catch(() => {
      this.#killEverything();
      throw new Error(`The server did not end within ${STOP_MS_MAX / 1000} s of ${signal}.\n${this.log}`);
    });
  }

  /** Database processes that live in the data folder: each writes its number into the first line of this file. */
  #databases(): number[] {
    return globSync("{,*/,*/*/}postmaster.pid", { cwd: this.dataDir })
      .map((file) => Number(readFileSync(path.join(this.dataDir, file), "utf8").split("\n")[0]))
      .filter((pid) => pid > 0 && isAlive(pid));
  }

  #killEverything(): void {
    if (this.#isRunning()) this.#child?.kill("SIGKILL");
    for (const pid of this.#databases()) process.kill(pid, "SIGQUIT");
  }
}

/** Starts a server on a free port with a database of its own, and waits until it can serve. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = new Server({
    port: options.port ?? (await freePort()),
    dataDir: options.dataDir ?? newDataDir(),
    env: options.env ?? {},
    ownsDataDir: options.dataDir === undefined,
  });
  try {
    await server.start();
  } catch (error) {
    await server.dispose();
    throw error;
  }
  return server;
}

function newDataDir(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "confab-e2e-"));
  // Run as root, the database has a user of its own, who must be able to walk through this folder.
  chmodSync(folder, 0o755);
  return folder;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
