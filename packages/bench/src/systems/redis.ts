import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { freePort } from "./free-port.ts";
import { ServerProcess } from "./server-process.ts";

export const HAS_REDIS = spawnSync("redis-server", ["--version"]).status === 0;

/** A Redis that stores nothing, wherever there is a core for it. */
export async function startRedis(): Promise<{ readonly url: string; readonly server: ServerProcess }> {
  const port = await freePort();
  const settings = { port, bind: "127.0.0.1", save: "", appendonly: "no", dir: tmpdir() };
  const server = await ServerProcess.start({
    command: ["redis-server", ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])],
    env: { PATH: process.env.PATH },
    cwd: tmpdir(),
    ready: /Ready to accept connections/,
    core: "any",
  });
  return { url: `redis://127.0.0.1:${port}`, server };
}
