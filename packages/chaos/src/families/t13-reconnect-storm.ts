import { now } from "../history/clock.ts";
import type { Family } from "./family.ts";

const LIVE_MS_MAX = 15_000;

export const reconnectStorm: Family = {
  name: "T13",
  title: "every connection lost at once",
  nodes: 1,
  readers: { quick: 96, full: 476 },
  sendsPerSecond: 0.5,
  async run(scene) {
    for (let n = 0; n < scene.count(3, 6); n += 1) {
      await scene.calm(1_000, 3_000);
      scene.fault("every connection is lost");
      const began = now();
      scene.network.resetAll();
      // The clients have to notice first.
      await scene.pause(300);
      await scene.calm(0, 0);
      const ms = Math.round(now() - began);
      scene.figures.slowest_storm_ms = Math.max(scene.figures.slowest_storm_ms ?? 0, ms);
      scene.expect(ms < LIVE_MS_MAX, `everybody is back within 15 s (it took ${ms} ms)`);
    }
  },
};
