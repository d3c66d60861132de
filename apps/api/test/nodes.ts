import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { HAS_REDIS, startRedis, type TestRedis } from "./redis.ts";
import { startSecondNode } from "./second-node.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { TestClient } from "./test-client.ts";

/** Every way in which nodes can talk, and whether this machine has what it takes. */
export const BUSES = [
  { bus: "PostgreSQL", isHere: true },
  { bus: "Redis", isHere: HAS_REDIS },
] as const;

export interface Nodes {
  readonly first: TestServer;
  readonly second: { readonly url: string; stop(): Promise<void> };
  readonly redis: TestRedis | null;
  stop(): Promise<void>;
}

/** Two servers on one database, talking by this bus. */
export async function startNodes(bus: (typeof BUSES)[number]["bus"]): Promise<Nodes> {
  const redis = bus === "Redis" ? await startRedis() : null;
  const first = await startServer(redis ? { REDIS_URL: redis.url, LOG_LEVEL: "fatal" } : { LOG_LEVEL: "fatal" });
  const second = await startSecondNode(first);
  return {
    first,
    second,
    redis,
    async stop() {
      await second.stop();
      await first.stop();
      await redis?.kill();
    },
  };
}

/** The same browser, led to another node by a balancer. */
export function onNode({ url }: { url: string }, client: TestClient): TestClient {
  const there = new TestClient(url);
  there.cookie = client.cookie;
  there.person = client.person;
  return there;
}

const SERVER = fileURLToPath(new URL("../src/server.ts", import.meta.url));

/** How a process ended, and how long that took. */
export interface Ending {
  readonly code: number | null;
  readonly milliseconds: number;
}

export interface NodeProcess {
  readonly url: string;
  /** What it has printed. */
  readonly output: () => string;
  signal(signal: NodeJS.Signals): void;
  /** Waits for the end, after whatever brings it about. */
  ended(): Promise<Ending>;
  end(signal: NodeJS.Signals): Promise<Ending>;
}

/** Another server as a process of its own, which can be killed. */
export async function startNodeProcess(environment: Record<string, string>): Promise<NodeProcess> {
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env.PATH, PORT: "0", RATE_LIMIT_SCALE: "10000", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let said = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    const url = /ready at (\S+)/.exec(said)?.[1];
    if (url === undefined) continue;
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = async () => {
      const startedAt = performance.now();
      const [code] = await exited;
      return { code, milliseconds: performance.now() - startedAt };
    };
    return {
      url,
      output: () => said,
      ended,
      signal: (signal) => void child.kill(signal),
      end(signal) {
        child.kill(signal);
        return ended();
      },
    };
  }
  throw new Error(`the node ended after saying ${said}`);
}
