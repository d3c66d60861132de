import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Target } from "../load/target.ts";
import type { Core } from "./cores.ts";
import { freePort } from "./free-port.ts";
import { ServerProcess } from "./server-process.ts";

const ROOT = path.resolve(import.meta.dirname, "../../../..");
const READY = /Confab is ready at/;
/** So high that no limit is reached: what is measured is the work, not the refusal. */
const RATE_LIMIT_SCALE = "1000000";

/** How its nodes are run. */
export interface Running {
  /** Without one they talk by the database. */
  readonly redisUrl?: string;
  /** "any" for servers and clients alike, instead of a core for each. */
  readonly core?: Core;
}

/** The real server as `pnpm start` runs it, with a fresh database of its own. */
export class Confab {
  readonly #dataDir: string;
  readonly #port: number;
  readonly #nodeOptions: readonly string[];
  #server: ServerProcess | null = null;
  #running: Running = {};
  readonly #endDatabase = () => this.#killDatabase();

  private constructor(dataDir: string, port: number, nodeOptions: readonly string[]) {
    this.#dataDir = dataDir;
    this.#port = port;
    this.#nodeOptions = nodeOptions;
    process.once("exit", this.#endDatabase);
  }

  /** `nodeOptions` come on top of those in the `start` script. */
  static async start(nodeOptions: readonly string[] = []): Promise<Confab> {
    const dataDir = mkdtempSync(path.join(tmpdir(), "confab-bench-"));
    // Run as root, the database has a user of its own, who must be able to walk through this folder.
    chmodSync(dataDir, 0o755);
    const confab = new Confab(dataDir, await freePort(), nodeOptions);
    await confab.#start();
    return confab;
  }

  get target(): Target {
    if (this.#server === null) throw new Error("Confab is not running.");
    return { port: this.#port, serverPid: this.#server.pid, postmasterPid: this.#postmasterPid() };
  }

  /** Where its clients belong. */
  get clientsCore(): Core {
    return this.#running.core === "any" ? "any" : "clients";
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** A fresh process with the same data: what the last scenario left in its memory is gone. */
  async restart(running: Running = {}): Promise<void> {
    await this.stop();
    this.#running = running;
    await this.#start();
  }

  /** Ends it with its database; `restart` brings both back. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
  }

  /** Another node on the same database, as whoever adds one starts it. */
  async startSecondNode(): Promise<{ readonly port: number; readonly server: ServerProcess }> {
    const port = await freePort();
    return { port, server: await this.#launch({ PORT: String(port), DATABASE_URL: this.databaseUrl() }) };
  }

  /** The whole of `pnpm start`, on the data that is there; null when this run was not started by pnpm. */
  async startByPnpm(): Promise<ServerProcess | null> {
    const pnpm = process.env.npm_execpath;
    if (pnpm === undefined || !/pnpm/.test(pnpm)) return null;
    const command: [string, ...string[]] = /js$/.test(pnpm) ? [process.execPath, pnpm, "start"] : [pnpm, "start"];
    const { HOME, PATH } = process.env;
    const env = { HOME, PATH, HOST: "127.0.0.1", PORT: String(this.#port), DATA_DIR: this.#dataDir };
    return ServerProcess.start({ command, env, cwd: ROOT, ready: READY, core: "any", isFamily: true });
  }

  async dispose(): Promise<void> {
    await this.stop();
    process.off("exit", this.#endDatabase);
    rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Where its PostgreSQL is: for the server itself, and for its superuser. */
  databaseUrl(database = "confab"): string {
    const { port, password } = this.#access();
    return `postgresql://confab:${password}@127.0.0.1:${port}/${database}`;
  }

  adminDatabaseUrl(): string {
    const { port, adminPassword } = this.#access();
    return `postgresql://postgres:${adminPassword}@127.0.0.1:${port}/postgres`;
  }

  async #start(): Promise<void> {
    this.#server = await this.#launch({ PORT: String(this.#port), DATA_DIR: this.#dataDir });
  }

  #launch(place: NodeJS.ProcessEnv): Promise<ServerProcess> {
    const { redisUrl, core } = this.#running;
    const env = {
      PATH: process.env.PATH,
      HOST: "127.0.0.1",
      RATE_LIMIT_SCALE,
      // As the start script has it.
      NODE_COMPILE_CACHE: path.join(ROOT, "node_modules/.cache/node"),
      ...place,
    };
    const parameters = startCommand();
    return ServerProcess.start({
      command: [process.execPath, ...parameters.slice(0, -1), ...this.#nodeOptions, ...parameters.slice(-1)],
      env: { ...env, ...(redisUrl && { REDIS_URL: redisUrl }) },
      cwd: ROOT,
      ready: READY,
      ...(core && { core }),
    });
  }

  #access(): { port: number; password: string; adminPassword: string } {
    return JSON.parse(readFileSync(path.join(this.#dataDir, "postgres/access.json"), "utf8"));
  }

  #postmasterPid(): number {
    return Number(readFileSync(path.join(this.#dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
  }

  #killDatabase(): void {
    try {
      process.kill(this.#postmasterPid(), "SIGQUIT");
    } catch {
      // Its server has ended it.
    }
  }
}

/** Node's parameters in the root's `start` script, so that what is measured is what is run. */
function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const [, parameters] = /exec node (.+)$/.exec(scripts.start) ?? [];
  if (parameters === undefined) throw new Error("The start script does not end in `exec node …` any more.");
  return parameters.split(" ");
}
