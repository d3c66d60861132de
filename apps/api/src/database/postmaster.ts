import { execFile } from "node:child_process";
import { readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { codeOf } from "./database-error.ts";

// What can be learnt of, and done to, a PostgreSQL server process from outside: through its postmaster.pid and signals.

const run = promisify(execFile);
const POLL_MS = 20;
/** A fast shutdown writes what is in memory to disk first: that takes as long as the disk needs. */
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

export type PidFile = { pid: number; port: number; ready: boolean };

/** Reads postmaster.pid; undefined when there is none or it is not complete yet. */
export async function readPidFile(clusterDir: string): Promise<PidFile | undefined> {
  const text = await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  });
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === "ready" };
}

/** Whether a process with this number exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/**
 * Whether this process is the running PostgreSQL of this very directory. A number in a pid file proves nothing: after a
 * reboot or in a container it may belong to anybody. A postmaster stands in its data directory; where there is no /proc,
 * its command line tells. An ended process that nobody has reaped (containers without an init) stands nowhere.
 */
export async function isPostmasterOf(pid: number, clusterDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === "linux") {
    const place = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return place !== undefined && place === (await realpath(clusterDir));
  }
  const command = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]).catch(() => undefined);
  return command?.stdout.includes(`-D ${clusterDir}`) ?? false;
}

async function ended(pid: number, clusterDir: string, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; await delay(POLL_MS))
    if (!(await isPostmasterOf(pid, clusterDir))) return true;
  return false;
}

/** Ends the postmaster of a directory and waits: politely, then at the cost of a recovery, then by force. */
export async function stopPostmaster(pid: number, clusterDir: string): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ["SIGINT", FAST_SHUTDOWN_MS],
    ["SIGQUIT", IMMEDIATE_SHUTDOWN_MS],
    ["SIGKILL", IMMEDIATE_SHUTDOWN_MS],
  ];
  for (const [signal, patience] of steps) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It may have ended by itself between two looks.
      if (codeOf(error) !== "ESRCH") throw error;
    }
    if (await ended(pid, clusterDir, patience)) return;
  }
}
