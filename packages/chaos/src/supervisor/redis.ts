import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { endProcess, freePort, own } from "./own-processes.ts";

/** A Redis of one's own on loopback that stores nothing. */
export class Redis {
  readonly #port: number;
  #child: ChildProcess | null = null;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** At the same port. Resolves when it takes connections. */
  async restart(): Promise<void> {
    const settings = { port: this.#port, bind: "127.0.0.1", save: "", appendonly: "no", dir: tmpdir() };
    const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = own(spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] }));
    this.#child = child;
    let said = "";
    for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
      said += String(chunk);
      if (said.includes("Ready to accept connections")) return;
    }
    throw new Error(`Redis ended after saying ${said}`);
  }

  kill(): Promise<void> {
    return endProcess(this.#child, "SIGKILL");
  }

  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }
}
