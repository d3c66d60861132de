import type { Family } from "./family.ts";

export const bothKilled: Family = {
  name: "T3",
  title: "kill -9 of node and database, one in the other's recovery",
  nodes: 1,
  async run(scene) {
    for (let n = 0; n < scene.count(3, 12); n += 1) {
      await scene.calm(200, 1_500);
      const isNodeFirst = scene.random.chance(0.5);
      if (isNodeFirst) await scene.killNode(0);
      else await scene.killDatabase();
      await scene.pause(0, 300);
      if (isNodeFirst) await scene.killDatabase();
      else await scene.killNode(0);
      await scene.world.database.restart();
      await scene.node(0).start();
    }
    await scene.pause(1_000);
  },
};
