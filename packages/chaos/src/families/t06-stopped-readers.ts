import { readFile } from "node:fs/promises";
import { CLOSE_CODES } from "@confab/shared/events";
import { of } from "../checker/evidence.ts";
import { deliveryTimes, percentile } from "../figures.ts";
import { now } from "../history/clock.ts";
import type { Scene } from "../supervisor/scene.ts";
import type { Family } from "./family.ts";

const SLEEPERS = 5;
/** What others' p99 may grow by while readers are stopped: a fifth, and what the clocks of a busy machine differ by. */
const P99_FACTOR_MAX = 1.2;
const P99_NOISE_MS = 25;
/** A stopped reader may cost 1.5 MiB; the rest is what a heap is allowed to breathe. */
const GROWTH_MIB_MAX = SLEEPERS * 1.5 + 48;

interface Phase {
  readonly from: number;
  readonly to: number;
}

/** Turn about, so that what else the machine does falls on both alike. */
let reading: Phase[] = [];
let stopped: Phase[] = [];

export const stoppedReaders: Family = {
  name: "T6",
  title: `SIGSTOP of ${SLEEPERS} readers of 29`,
  nodes: 1,
  readers: { quick: SLEEPERS, full: SLEEPERS },
  sleepers: SLEEPERS,
  // So much that the buffers of the system between them and the server are full soon.
  contentLength: 6_000,
  async run(scene) {
    [reading, stopped] = [[], []];
    let growth = 0;
    for (let n = 0; n < scene.count(1, 3); n++) {
      const before = await residentMib(scene.node(0).pid);
      reading.push(await phase(scene, scene.count(8_000, 15_000)));
      scene.fault("SIGSTOP of readers");
      scene.crowd.sleepers?.kill("SIGSTOP");
      stopped.push(await phase(scene, 15_000));
      growth = Math.max(growth, Math.round((await residentMib(scene.node(0).pid)) - before));
      scene.crowd.sleepers?.kill("SIGCONT");
      // They come back and catch up.
      await scene.pause(3_000);
    }
    scene.figures.growth_mib = growth;
    scene.expect(growth < GROWTH_MIB_MAX, `stopped readers hold little memory (the node grew by ${growth} MiB)`);
  },
  judge(scene, evidence) {
    const awake = { ...evidence, records: evidence.records.filter(({ client }) => !client.startsWith("reader")) };
    const p99 = (phases: Phase[]) =>
      percentile(
        phases.flatMap(({ from, to }) => deliveryTimes(awake, from, to)),
        0.99,
      ) ?? 0;
    const [before, during] = [p99(reading), p99(stopped)];
    scene.figures.others_p99_ms_while_all_read = before;
    scene.figures.others_p99_ms_while_some_are_stopped = during;
    const bound = before * P99_FACTOR_MAX + P99_NOISE_MS;
    scene.expect(during < bound, `nobody else is slowed down (p99 went from ${before} to ${during} ms)`);
    const closed = of(evidence.records, "lost").filter(({ client }) => client.startsWith("reader"));
    scene.figures.closed_as_too_slow = closed.filter(({ code }) => code === CLOSE_CODES.too_slow).length;
    scene.figures.closed_at_all = closed.length;
  },
};

async function phase(scene: Scene, milliseconds: number): Promise<Phase> {
  const from = now();
  await scene.pause(milliseconds);
  return { from, to: now() };
}

async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
