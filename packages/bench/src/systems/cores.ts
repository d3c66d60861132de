import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * Server and database share one core, the clients have another: what one costs is not taken from the other. "any" leaves it
 * to the system, for what has more servers than that.
 */
export type Core = "server" | "clients" | "any";

const cores = spareCores();

/** Whether processes can be kept on their cores here. */
export const canPin = cores.length >= 2 && spawnSync("taskset", ["--version"]).status === 0;

/** A command that stays on a core, where that is possible. */
export function onCore(core: Core, command: readonly [string, ...string[]]): [string, ...string[]] {
  const number = cores[core === "server" ? 0 : 1];
  return canPin && core !== "any" && number !== undefined
    ? ["taskset", "--cpu-list", String(number), ...command]
    : [...command];
}

function spareCores(): number[] {
  if (availableParallelism() < 2) return [];
  const [, list = ""] = /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}
