import type { Judge } from "../supervisor/network.ts";
import type { Scene } from "../supervisor/scene.ts";
import type { Family } from "./family.ts";

/** By what a frame or answer is known on its way down. What goes up is masked: there any byte may be the last. */
const KINDS = [
  "message.created",
  "ready",
  "message.created",
  "message.acked",
  "pong",
  "read_marker.moved",
  "HTTP/1.1 20",
];
const CUT_EVERY_MS = 90;

export const cutMidFrame: Family = {
  name: "T4",
  title: "connections cut in the middle of a frame",
  nodes: 1,
  async run(scene) {
    const cuts = scene.count(140, 900);
    for (let n = 0; n < cuts; n += 1) {
      const kind = KINDS[n % KINDS.length] ?? "";
      scene.network.judge = n % 4 === 3 ? cutUp(scene) : cutDown(scene, kind);
      await scene.pause(CUT_EVERY_MS * 0.5, CUT_EVERY_MS * 1.5);
    }
    scene.network.judge = null;
    scene.figures.connections_cut = scene.network.resets;
    scene.expect(scene.network.resets > cuts / 2, `most of ${cuts} cuts hit something (${scene.network.resets} did)`);
    await scene.pause(500);
  },
};

/** The next time this kind passes, the connection ends somewhere in it. */
function cutDown(scene: Scene, kind: string): Judge {
  let isDone = false;
  return (_, direction, bytes) => {
    // The last one: what a batch has before it arrives, and who catches up begins in the middle of the batch.
    const at = direction === "down" && !isDone ? bytes.lastIndexOf(kind) : -1;
    if (at < 0) return "pass";
    isDone = true;
    return { resetAfter: Math.max(0, at + scene.random.whole(-20, Math.min(400, bytes.length - at))) };
  };
}

function cutUp(scene: Scene): Judge {
  let isDone = false;
  return (_, direction, bytes) => {
    if (direction === "down" || isDone) return "pass";
    isDone = true;
    return { resetAfter: scene.random.whole(0, bytes.length - 1) };
  };
}
