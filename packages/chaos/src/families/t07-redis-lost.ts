import { spawnSync } from "node:child_process";
import { Redis } from "../supervisor/redis.ts";
import type { Family } from "./family.ts";

let redis: Redis | null = null;

export const redisLost: Family = {
  name: "T7",
  title: "Redis killed, stopped and restarted between two nodes",
  nodes: 2,
  cannotRun: () => (spawnSync("redis-server", ["--version"]).status === 0 ? null : "there is no redis-server here"),
  prepare: async () => {
    redis = await Redis.start();
  },
  finish: async () => redis?.kill(),
  environment: (): Record<string, string> => (redis ? { REDIS_URL: redis.url } : {}),
  async run(scene) {
    const rounds = scene.count(1, 3);
    const ms = scene.count(4_000, 20_000);
    for (let n = 0; n < rounds; n += 1) {
      await scene.calm(500, 1_500);
      scene.fault("kill -9 of Redis");
      scene.kills += 1;
      await redis?.kill();
      await scene.pause(ms);
      await redis?.restart();
      await scene.calm(1_000, 2_000);
      scene.fault("SIGSTOP of Redis");
      redis?.freeze();
      await scene.pause(ms);
      redis?.thaw();
    }
    await scene.pause(3_000);
  },
};
