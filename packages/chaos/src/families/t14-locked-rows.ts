import { type Evidence, of } from "../checker/evidence.ts";
import { percentile } from "../figures.ts";
import { now } from "../history/clock.ts";
import type { Scene } from "../supervisor/scene.ts";
import type { Family } from "./family.ts";

const LOCK_MS = 5_000;
/** The promise is an answer within 2 s; the rest is for a machine that has more to do. */
const ANSWER_MS_MAX = 3_000;
/** Others' messages are not affected; what the machine does to them is. */
const OTHERS_P99_MS_MAX = 1_000;

let locked = { from: 0, to: 0 };

export const lockedRows: Family = {
  name: "T14",
  title: "the busiest conversation locked for 5 s, then the sessions",
  nodes: 1,
  async run(scene) {
    await scene.calm(1_000, 2_000);
    locked = await hold(scene, `SELECT FROM conversations WHERE id = '${scene.conversations[0]}' FOR UPDATE`);
    await scene.calm(1_000, 2_000);
    // Every request needs the sessions: all connections to the database wait.
    await hold(scene, "LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");
    await scene.calm(1_000, 2_000);
  },
  judge(scene, evidence) {
    const [busiest] = scene.conversations;
    const times = answerTimes(evidence, locked);
    const slowest = Math.round(
      percentile(
        times.map(({ ms }) => ms),
        1,
      ) ?? 0,
    );
    const others =
      percentile(
        times.filter(({ conversation }) => conversation !== busiest).map(({ ms }) => ms),
        0.99,
      ) ?? 0;
    scene.figures.slowest_answer_ms = slowest;
    scene.figures.others_p99_ms = Math.round(others);
    scene.expect(slowest < ANSWER_MS_MAX, `every send has an answer, if only 503, within 2 s (one took ${slowest} ms)`);
    scene.expect(
      others < OTHERS_P99_MS_MAX,
      `other conversations are not held up (their p99 was ${Math.round(others)} ms)`,
    );
    const hung = of(evidence.records, "send").filter(
      (send) => send.phase === "unknown" && /Timeout|no_answer/.test(send.code),
    );
    scene.expect(hung.length === 0, `no request hangs (${hung.length} did)`);
  },
};

async function hold(scene: Scene, statement: string): Promise<{ from: number; to: number }> {
  return scene.world.database.withClient(async (client) => {
    await client.query("BEGIN");
    await client.query(statement);
    scene.fault(statement);
    const from = now();
    await scene.pause(LOCK_MS);
    await client.query("ROLLBACK");
    return { from, to: now() };
  });
}

/** How long each try that began in this time waited for its answer, whatever that was. */
function answerTimes({ records }: Evidence, { from, to }: { from: number; to: number }) {
  const begun = new Map<string, number>();
  return of(records, "send").flatMap(({ phase, client, conversation, id, at }) => {
    const key = `${client} ${conversation} ${id}`;
    const since = begun.get(key);
    if (phase === "invoke") begun.set(key, at);
    else begun.delete(key);
    const isMeant = phase !== "invoke" && since !== undefined && since >= from && since < to;
    return isMeant ? [{ conversation, ms: at - since }] : [];
  });
}
