import { readFile } from "node:fs/promises";
import { CLOSE_CODES } from "@confab/shared/events";
import { of } from "../checker/evidence.ts";
import { deliveryTimes, percentile } from "../figures.ts";
import { now } from "../history/clock.ts";
import type { Family } from "./family.ts";

const SLEEPERS = 5;
/** What the promise allows for delivery; where the machine does not reach it anyway, twice of what was before. */
const DELIVERY_P99_MS_MAX = 250;
/** A stopped reader may cost 1.5 MiB; the rest is what a heap is allowed to breathe. */
const GROWTH_MIB_MAX = SLEEPERS * 1.5 + 48;

let stopped = { from: 0, to: 0 };

export const stoppedReaders: Family = {
  name: "T6",
  title: `SIGSTOP of ${SLEEPERS} readers of 29`,
  nodes: 1,
  readers: { quick: SLEEPERS, full: SLEEPERS },
  sleepers: SLEEPERS,
  // So much that the buffers of the system between them and the server are full soon.
  contentLength: 6_000,
  async run(scene) {
    await scene.pause(scene.count(5_000, 15_000));
    const before = await residentMib(scene.node(0).pid);
    scene.fault("SIGSTOP of readers");
    stopped = { from: now(), to: Number.POSITIVE_INFINITY };
    scene.crowd.sleepers?.kill("SIGSTOP");
    await scene.pause(scene.count(15_000, 60_000));
    const growth = Math.round((await residentMib(scene.node(0).pid)) - before);
    scene.crowd.sleepers?.kill("SIGCONT");
    stopped.to = now();
    scene.figures.growth_mib = growth;
    scene.expect(growth < GROWTH_MIB_MAX, `stopped readers hold little memory (the node grew by ${growth} MiB)`);
    await scene.pause(3_000);
  },
  judge(scene, evidence) {
    const awake = { ...evidence, records: evidence.records.filter(({ client }) => !client.startsWith("reader")) };
    const before = percentile(deliveryTimes(awake, 0, stopped.from), 0.99);
    const during = percentile(deliveryTimes(awake, stopped.from, stopped.to), 0.99);
    scene.figures.others_p99_before = before ?? 0;
    scene.figures.others_p99_during = during ?? 0;
    const bound = Math.max(DELIVERY_P99_MS_MAX, 2 * (before ?? 0));
    scene.expect((during ?? 0) < bound, `nobody else is slowed down (p99 went from ${before} to ${during} ms)`);
    const closed = of(evidence.records, "lost").filter(({ client }) => client.startsWith("reader"));
    scene.figures.closed_as_too_slow = closed.filter(({ code }) => code === CLOSE_CODES.too_slow).length;
    scene.figures.closed_at_all = closed.length;
  },
};

async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
