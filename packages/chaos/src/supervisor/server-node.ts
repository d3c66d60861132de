import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { now } from "../history/clock.ts";
import { endProcess, freePort, isRunning, own } from "./own-processes.ts";

const SERVER = fileURLToPath(import.meta.resolve("../../../../apps/api/src/server.ts"));
/** As `pnpm start` has them. */
const NODE_FLAGS = ["--max-semi-space-size=8", "--heap-growing-percent=50"];
const START_MS_MAX = 60_000;
const POLL_MS = 50;

export interface NodeOptions {
  readonly name: string;
  /** Where its log goes. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** A module that Node loads first: a sabotage. */
  readonly preload?: string | undefined;
}

/** The real server as a process of its own, at a port that it keeps from start to start. */
export class ServerNode {
  readonly name: string;
  readonly port: number;
  readonly #options: NodeOptions;
  #child: ChildProcess | null = null;
  #starting: Promise<void> | null = null;

  private constructor(options: NodeOptions, port: number) {
    this.name = options.name;
    this.port = port;
    this.#options = options;
  }

  static async create(options: NodeOptions): Promise<ServerNode> {
    return new ServerNode(options, await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves when it says that it is ready. */
  start(): Promise<void> {
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  kill(): Promise<void> {
    return endProcess(this.#child, "SIGKILL");
  }

  /** Asks it to end, and tells how it did. */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const began = now();
    const child = this.#child;
    await endProcess(child, "SIGTERM");
    return { code: child?.exitCode ?? null, ms: now() - began };
  }

  async #launch(): Promise<void> {
    if (isRunning(this.#child)) return;
    const { databaseUrl, environment, preload, folder } = this.#options;
    const log = openSync(this.#logFile, "a");
    const child = own(
      spawn(process.execPath, [...NODE_FLAGS, ...(preload === undefined ? [] : ["--import", preload]), SERVER], {
        cwd: folder,
        stdio: ["ignore", log, log],
        env: {
          ...{ HOST: "127.0.0.1", PORT: String(this.port), DATABASE_URL: databaseUrl, DATA_DIR: folder },
          ...{ RATE_LIMIT_SCALE: "100000", LOG_LEVEL: "error" },
          // A start costs half of it when the sources need not be compiled anew.
          NODE_COMPILE_CACHE: path.join(folder, "..", "compiled"),
          ...environment,
        },
      }),
    );
    closeSync(log);
    this.#child = child;
    for (const end = now() + START_MS_MAX; now() < end; await delay(POLL_MS)) {
      // Killed while it was starting: whoever killed it starts it again.
      if (child.signalCode !== null) return;
      if (child.exitCode !== null) throw new Error(`${this.name} ended with ${child.exitCode}: ${this.#lastWords()}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.status === 200) return;
    }
    throw new Error(`${this.name} was not ready in time: ${this.#lastWords()}`);
  }

  get #logFile(): string {
    return path.join(this.#options.folder, `${this.name}.log`);
  }

  #lastWords(): string {
    return readFileSync(this.#logFile, "utf8").slice(-2_000);
  }
}
