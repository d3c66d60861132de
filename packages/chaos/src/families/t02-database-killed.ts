import { of } from "../checker/evidence.ts";
import { request } from "../clients/http.ts";
import { now } from "../history/clock.ts";
import type { Scene } from "../supervisor/scene.ts";
import type { Family } from "./family.ts";

/** The promise is 2 s; the rest is for a machine that has more to do. */
const ANSWER_MS_MAX = 2_500;
const RECOVERY_MS_MAX = 5_000;

export const databaseKilled: Family = {
  name: "T2",
  title: "kill -9 of the database and all its processes",
  nodes: 1,
  async run(scene) {
    for (let n = 0; n < scene.count(4, 12); n += 1) {
      await scene.calm(200, 1_500);
      await scene.killDatabase();
      await probe(scene);
      await scene.pause(300, 2_000);
      await scene.world.database.restart();
      await recover(scene);
    }
    await scene.pause(1_000);
  },
  judge(scene, { records }) {
    const faults = of(records, "fault");
    const lost = of(records, "lost").filter(({ at }) => faults.some((fault) => at > fault.at && at < fault.at + 4_000));
    scene.figures.sockets_lost = lost.length;
    scene.expect(lost.length === 0, `sockets stay while the database is away (${lost.length} were closed)`);
  },
};

/** While the database is away the node is alive, not ready, and answers writes soon. */
async function probe(scene: Scene): Promise<void> {
  const { url } = scene.node(0);
  const { cookie } = scene.world.people[0] ?? { cookie: null };
  const path = `/api/v1/conversations/${scene.conversations[0]}/messages`;
  const write = { id: "00000000-0000-7000-8000-000000000000", content: "never stored" };
  for (const [what, answering, status] of [
    ["/healthz answers 200", () => request(`${url}/healthz`, null), 200],
    ["/readyz answers 503", () => request(`${url}/readyz`, null), 503],
    ["a write answers 503", () => request(url + path, cookie, "POST", write), 503],
  ] as const) {
    const began = now();
    const answer = await answering().catch(() => null);
    const ms = now() - began;
    scene.figures.slowest_answer_ms = Math.max(scene.figures.slowest_answer_ms ?? 0, Math.round(ms));
    scene.expect(
      answer?.status === status,
      `${what} while the database is away (it was ${answer?.status ?? "silence"})`,
    );
    scene.expect(ms < ANSWER_MS_MAX, `${what} within 2 s while the database is away (it took ${Math.round(ms)} ms)`);
  }
}

async function recover(scene: Scene): Promise<void> {
  const began = now();
  const { url } = scene.node(0);
  const isReady = () =>
    request(`${url}/readyz`, null).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await isReady()) && now() - began < 2 * RECOVERY_MS_MAX) await scene.pause(50);
  const ms = Math.round(now() - began);
  scene.figures.slowest_recovery_ms = Math.max(scene.figures.slowest_recovery_ms ?? 0, ms);
  scene.expect(ms < RECOVERY_MS_MAX, `ready again within 5 s of the database's return (it took ${ms} ms)`);
}
