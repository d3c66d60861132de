import { demand } from "../supervisor/people.ts";
import type { Family } from "./family.ts";

/**
 * In every family each client compares, in the end, what its snapshot and the events since have led to with a fresh
 * snapshot. Here more happens than messages, while connections come and go.
 */
export const drift: Family = {
  name: "T19",
  title: "names and members change while connections come and go",
  nodes: 2,
  async run(scene) {
    const { administrator, people } = scene.world;
    const change = (method: string, path: string, body?: unknown) =>
      demand(scene.network.url, administrator.cookie, method, path, body);
    const group = `/api/v1/conversations/${scene.conversations.at(-1)}`;
    // Every other one of them is not in the last group.
    const outsiders = people.filter((_, index) => index % 2 === 1);
    for (let n = 0; n < scene.count(16, 120); n += 1) {
      const { id } = scene.random.pick(outsiders);
      await change("POST", `${group}/members`, { user_ids: [id] });
      await change("PATCH", group, { name: `Name ${n}` });
      await scene.pause(100, 600);
      if (scene.random.chance(0.5)) await change("DELETE", `${group}/members/${id}`);
      await change("PATCH", `/api/v1/conversations/${scene.random.pick(scene.conversations)}`, { name: `Also ${n}` });
      scene.network.resetSome((wire) => wire.isUpgraded && scene.random.chance(0.1));
    }
    await scene.pause(1_000);
  },
};
