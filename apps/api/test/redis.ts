import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { tmpdir } from "node:os";

/** Whether this machine has a Redis to test with; without one its cases are skipped, by name. */
export const HAS_REDIS = spawnSync("redis-server", ["--version"]).status === 0;

export interface TestRedis {
  readonly url: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it anew, at the same port. */
  restart(): Promise<void>;
}

/** A Redis of one's own on loopback that stores nothing. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  let child = await start(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      const ended = once(child, "exit");
      if (!child.kill("SIGKILL")) return;
      await ended;
    },
    async restart() {
      child = await start(port);
    },
  };
}

async function start(port: number): Promise<ChildProcess> {
  const options = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    tmpdir(),
  ];
  const child = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    if (said.includes("Ready to accept connections")) return child;
  }
  throw new Error(`Redis ended after saying ${said}`);
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
