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
}

/** A server as a process of its own; ready when it has printed a certain line. */
export class ServerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  #log = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.#log = (this.#log + chunk.toString()).slice(-LOG_CHARACTERS_MAX);
      });
    // A run that breaks off leaves nothing behind.
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
  }

  static async start({ command, env, cwd, ready, core = "server" }: Launch): Promise<ServerProcess> {
    const [program, ...parameters] = onCore(core, command);
    const child = spawn(program, parameters, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const server = new ServerProcess(child);
    const deadline = Date.now() + START_MS_MAX;
    while (!ready.test(server.#log)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`A server did not start:\n${server.#log}`);
      await delay(10);
    }
    return server;
  }

  /** What it has printed, in so far as it matches. */
  said(pattern: RegExp): string {
    return pattern.exec(this.#log)?.[1] ?? "";
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) throw new Error(`A server ended by itself:\n${this.#log}`);
    const ended = once(this.#child, "exit", { signal: AbortSignal.timeout(STOP_MS_MAX) });
    this.#child.kill("SIGTERM");
    await ended;
  }
}
