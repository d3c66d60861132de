import type { Family } from "./family.ts";

export const nodeKilled: Family = {
  name: "T1",
  title: "kill -9 of the only node",
  nodes: 1,
  async run(scene) {
    for (let n = 0; n < scene.count(8, 40); n += 1) {
      // At this pace some commit is never further away than a few milliseconds.
      await scene.calm(200, 1_500);
      await scene.killNode(0);
      await scene.node(0).start();
    }
    await scene.pause(1_000);
  },
};
