import { readdirSync, readFileSync } from "node:fs";
import type { Target } from "./target.ts";

/** The kernel counts CPU time in hundredths of a second on every Linux we know. */
const TICKS_PER_SECOND = 100;

/** CPU seconds used so far. */
export interface CpuSeconds {
  /** Of all nodes together … */
  readonly server: number;
  /** … and of these, what the second one has used. */
  readonly secondNode: number;
  readonly database: number;
  readonly driver: number;
}

export function readCpu(target: Target): CpuSeconds {
  const driver = process.cpuUsage();
  const secondNode = target.secondNode ? ownSeconds(target.secondNode.serverPid) : 0;
  return {
    server: ownSeconds(target.serverPid) + secondNode,
    secondNode,
    database: target.postmasterPid === null ? 0 : familySeconds(target.postmasterPid),
    driver: (driver.user + driver.system) / 1e6,
  };
}

export function cpuSince(before: CpuSeconds, target: Target): CpuSeconds {
  const now = readCpu(target);
  return {
    server: now.server - before.server,
    secondNode: now.secondNode - before.secondNode,
    database: now.database - before.database,
    driver: now.driver - before.driver,
  };
}

/** Memory of a process that is in RAM, in bytes. */
export function residentBytes(pid: number): number {
  const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

/** The fields of /proc/<pid>/stat behind the name, which may hold anything: the first of them is field 3. */
function statFields(pid: number | string): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function ownSeconds(pid: number | string): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** A process, the children it has outlived, and those that live. */
function familySeconds(pid: number): number {
  const fields = statFields(pid);
  const outlived = (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  let seconds = ownSeconds(pid) + outlived;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (statFields(name)[1] === String(pid)) seconds += ownSeconds(name);
    } catch {
      // It ended between the two looks: then it is among the outlived, next time.
    }
  }
  return seconds;
}
