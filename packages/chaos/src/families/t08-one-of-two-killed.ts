import type { Family } from "./family.ts";
import { expectQuickResume } from "./quick-resume.ts";

export const oneOfTwoKilled: Family = {
  name: "T8",
  title: "kill -9 of one of two nodes",
  nodes: 2,
  async run(scene) {
    for (let n = 0; n < scene.count(4, 20); n += 1) {
      await scene.calm(200, 1_500);
      await scene.killNode(n);
      await scene.pause(1_000, 2_000);
      await scene.node(n).start();
    }
    await scene.pause(1_000);
  },
  judge: expectQuickResume,
};
