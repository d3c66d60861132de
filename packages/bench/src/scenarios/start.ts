import { setTimeout as delay } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { median } from "../comparison.ts";
import { residentBytes } from "../load/process-meter.ts";
import type { Row } from "../report/row.ts";
import type { Scenario } from "../scenario.ts";

const STARTS = 7;
const STARTS_QUICK = 2;
/** For what a server still does after it has begun to listen. */
const SETTLE_MS = 1_000;

/** From the command to the first request that would be answered, and the memory that takes. No process is kept on a core. */
export const start: Scenario = {
  name: "start",
  restartsItself: true,
  quickly: "two starts each instead of seven",
  async run(bench) {
    const starts = bench.options.quick ? STARTS_QUICK : STARTS;
    await bench.refresh({ core: "any" });
    const { listening, memory } = await startAlone(bench, starts);
    const ready = await bench.whileStopped(() => startWhole(bench, starts));
    const row = (what: string, unit: string, figures: readonly number[], atMost: number): Row => ({
      ...{ scenario: "start", what, unit, confab: median(figures) ?? Number.NaN, floor: { atMost } },
      ...(figures.length === 0 && { remark: "not measured: this run was not started by pnpm" }),
    });
    return [
      row("`pnpm start` to ready, warm", "s", ready, 3),
      row("the server alone to listening", "s", listening, 1.2),
      row("memory of the server after its start", "MB", memory, 120),
    ];
  },
};

/** The server process, with a database that runs. */
async function startAlone({ confab }: Bench, starts: number): Promise<{ listening: number[]; memory: number[] }> {
  const [listening, memory]: [number[], number[]] = [[], []];
  // The first one leaves what later ones find compiled.
  for (let n = 0; n <= starts; n++) {
    const { server } = await confab.startSecondNode();
    await delay(SETTLE_MS);
    if (n > 0) listening.push(server.startMs / 1000);
    if (n > 0) memory.push(residentBytes(server.pid) / 1e6);
    await server.stop();
  }
  return { listening, memory };
}

/** Everything, with the database that was stopped in order. */
async function startWhole({ confab }: Bench, starts: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let n = 0; n <= starts; n++) {
    const server = await confab.startByPnpm();
    if (n > 0 && server) seconds.push(server.startMs / 1000);
    await server?.stop();
  }
  return seconds;
}
