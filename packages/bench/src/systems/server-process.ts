import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { type Core, onCore } from "./cores.ts";

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const LOG_CHARACTERS_MAX = 10_000;

interface Launch {
  readonly command: [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What it prints when it is ready. */
  readonly ready: RegExp;
  /** The servers' own by default. */
  readonly core?: Core;
  /** Whether the command starts the server as a child of its own, which has to be ended with it. */
  readonly isFamily?: boolean;
}

/** A server as a process of its own; ready when it has printed a certain line. */
export class ServerProcess {
  readonly pid: number;
  /** From the command to the line. */
  startMs = 0;
  readonly #child: ChildProcess;
  readonly #isFamily: boolean;
  #log = "";

  private constructor(child: ChildProcess, isFamily: boolean) {
    this.#child = child;
    this.#isFamily = isFamily;
    this.pid = child.pid ?? 0;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.#log = (this.#log + chunk.toString()).slice(-LOG_CHARACTERS_MAX);
      });
    // A run that breaks off leaves nothing behind.
    const end = () => this.#kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
  }

  static async start({ command, env, cwd, ready, core = "server", isFamily = false }: Launch): Promise<ServerProcess> {
    const [program, ...parameters] = onCore(core, command);
    const begin = performance.now();
    const child = spawn(program, parameters, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: isFamily });
    const server = new ServerProcess(child, isFamily);
    const deadline = Date.now() + START_MS_MAX;
    while (!ready.test(server.#log)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`A server did not start:\n${server.#log}`);
      await delay(10);
    }
    server.startMs = performance.now() - begin;
    return server;
  }

  /** What it has printed, in so far as it matches. */
  said(pattern: RegExp): string {
    return pattern.exec(this.#log)?.[1] ?? "";
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) throw new Error(`A server ended by itself:\n${this.#log}`);
    // Closed, and not only at its end: by then its children have ended, too.
    const ended = once(this.#child, "close", { signal: AbortSignal.timeout(STOP_MS_MAX) });
    this.#kill("SIGTERM");
    await ended;
  }

  #kill(signal: NodeJS.Signals): void {
    if (this.#isFamily) process.kill(-this.pid, signal);
    else this.#child.kill(signal);
  }
}
