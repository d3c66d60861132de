import { of } from "../checker/evidence.ts";
import { now } from "../history/clock.ts";
import type { Family } from "./family.ts";

/** A connection lives long enough for a change that it was not told of to be noticed. */
const LIFETIME_MS = { low: 3_000, high: 6_000 };

export const subscribeRace: Family = {
  name: "T16",
  title: "connecting while everybody writes",
  nodes: 1,
  readers: { quick: 24, full: 48 },
  sendsPerSecond: 3,
  async run(scene) {
    const rounds = scene.count(30, 200);
    for (let n = 0; n < rounds; n += 1) {
      await scene.pause(500);
      scene.network.resetSome((wire) => {
        wire.mark ??= scene.random.between(LIFETIME_MS.low, LIFETIME_MS.high);
        return now() - wire.began > wire.mark;
      });
    }
  },
  judge(scene, { records }) {
    const snapshots = new Set(of(records, "ready").map(({ client, connection }) => `${client} ${connection}`)).size;
    scene.figures.snapshots = snapshots;
    scene.expect(snapshots >= scene.count(100, 1_000), `enough connections are made (${snapshots} were)`);
  },
};
