import path from "node:path";
import type { Target } from "../load/target.ts";
import { ServerProcess } from "./server-process.ts";

const FOLDER = path.resolve(import.meta.dirname, "../yardsticks");

/** A small server to compare with, running. */
export interface Yardstick {
  readonly target: Target;
  stop(): Promise<void>;
}

/** A bare `ws` broadcast loop: no accounts, no rights, nothing stored. */
export function startLimit(): Promise<Yardstick> {
  return start("limit.ts", {}, null);
}

/** The chat of a tutorial: a session check, one INSERT per message, one send per member. */
export function startTutorial(databaseUrl: string, postmasterPid: number | null): Promise<Yardstick> {
  return start("tutorial.ts", { DATABASE_URL: databaseUrl }, postmasterPid);
}

async function start(file: string, env: NodeJS.ProcessEnv, postmasterPid: number | null): Promise<Yardstick> {
  const server = await ServerProcess.start({
    command: [process.execPath, path.join(FOLDER, file)],
    env: { PATH: process.env.PATH, ...env },
    cwd: FOLDER,
    ready: /listening on \d+\n/,
  });
  const port = Number(server.said(/listening on (\d+)/));
  return { target: { port, serverPid: server.pid, postmasterPid }, stop: () => server.stop() };
}
