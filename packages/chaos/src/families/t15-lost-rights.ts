import { demand, type Person } from "../supervisor/people.ts";
import type { Scene } from "../supervisor/scene.ts";
import type { Family } from "./family.ts";

/** Which node somebody is connected to is the balancer's choice: the time allowed is that for another node. */
const BUDGET_MS = 2_000;

type Cause = (scene: Scene, person: Person) => Promise<string | null>;

const inEverything: Record<string, Cause> = {
  "signs out": async (scene, { cookie }) => {
    await demand(scene.network.url, cookie, "POST", "/logout", {});
    return null;
  },
  "is deactivated": async (scene, { id }) => {
    await asAdministrator(scene, "POST", `/api/v1/accounts/${id}/deactivate`);
    return null;
  },
  "has all sessions ended": async (scene, { id }) => {
    await asAdministrator(scene, "DELETE", `/api/v1/accounts/${id}/sessions`);
    return null;
  },
};

const inOne: Cause = async (scene, { id }) => {
  const conversation = scene.conversations[0] ?? "";
  await asAdministrator(scene, "DELETE", `/api/v1/conversations/${conversation}/members/${id}`);
  return conversation;
};

export const lostRights: Family = {
  name: "T15",
  title: "people lose their rights while they read and write, on two nodes",
  nodes: 2,
  visitors: 12,
  sendsPerSecond: 1,
  async run(scene) {
    const causes = Object.entries({ "is removed from the busiest conversation": inOne, ...inEverything });
    for (const [n, person] of scene.visitors.entries()) {
      await scene.pause(200, 1_200);
      const [name, cause] = causes[n % causes.length] ?? [];
      if (!name || !cause) continue;
      const conversation = await cause(scene, person);
      scene.revoked(person.id, conversation, BUDGET_MS);
      scene.fault(`${person.name} ${name}`);
    }
    await scene.pause(BUDGET_MS * 2);
    scene.figures.rights_lost = scene.visitors.length;
  },
};

function asAdministrator(scene: Scene, method: string, path: string) {
  return demand(scene.network.url, scene.world.administrator.cookie, method, path);
}
