import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import type { Bench } from "../bench.ts";
import type { BenchOptions } from "../options.ts";
import { canPin } from "../systems/cores.ts";

/** What somebody has to know to judge the figures of a run. */
export interface RunFacts {
  /** When it ended. */
  readonly date: string;
  readonly versions: {
    readonly confab: string;
    readonly node: string;
    readonly postgresql: string;
    readonly ws: string;
  };
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGib: number;
    /** Whether server and clients were kept on a core each. */
    readonly isPinned: boolean;
  };
  readonly options: BenchOptions;
}

export async function readFacts({ database, options }: Bench): Promise<RunFacts> {
  const { rows } = await database.query("SHOW server_version");
  return {
    date: new Date().toISOString(),
    versions: {
      confab: versionIn(new URL("../../../../package.json", import.meta.url)),
      node: process.version,
      postgresql: rows[0].server_version,
      ws: versionIn(createRequire(import.meta.url).resolve("ws/package.json")),
    },
    machine: {
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      memoryGib: Math.round(totalmem() / 2 ** 30),
      isPinned: canPin,
    },
    options,
  };
}

/** The facts as the page has them. */
export function sentenceOf({ date, versions, machine, options: { rounds } }: RunFacts): string {
  const pinning = machine.isPinned ? "server and clients on a core each" : "server and clients not kept apart";
  return `${date.slice(0, 10)}, Confab ${versions.confab}, Node ${versions.node}, PostgreSQL ${versions.postgresql}, ws ${versions.ws}, ${machine.cores} × ${machine.cpu}, ${machine.memoryGib} GiB, ${pinning}, ${rounds} ${rounds === 1 ? "round" : "rounds"}.`;
}

function versionIn(file: URL | string): string {
  return JSON.parse(readFileSync(file, "utf8")).version;
}
