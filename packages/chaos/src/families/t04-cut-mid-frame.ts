import type { Direction, Judge } from "../supervisor/network.ts";
import type { Scene } from "../supervisor/scene.ts";
import type { Family } from "./family.ts";

/** By what a frame or answer is known on its way down. What goes up is masked: there any byte may be the last. */
const KINDS = ["message.created", "ready", "message.acked", "pong", "read_marker.moved", "HTTP/1.1 20"];
const CUT_EVERY_MS = 90;

export const cutMidFrame: Family = {
  name: "T4",
  title: "connections cut in the middle of a frame",
  nodes: 1,
  async run(scene) {
    const cuts = scene.count(140, 900);
    for (let n = 0; n < cuts; n += 1) {
      const kind = KINDS[Math.floor(n / WAYS.length) % KINDS.length] ?? "";
      scene.network.judge = WAYS[n % WAYS.length]?.(scene, kind) ?? null;
      await scene.pause(CUT_EVERY_MS * 0.5, CUT_EVERY_MS * 1.5);
    }
    scene.network.judge = null;
    scene.figures.connections_cut = scene.network.resets;
    scene.expect(scene.network.resets > cuts / 2, `most of ${cuts} cuts hit something (${scene.network.resets} did)`);
    await scene.pause(500);
  },
};

/** The next time this kind passes, the connection ends somewhere in it. */
function cutInFrame(scene: Scene, kind: string): Judge {
  return cutOnce("down", (bytes) => {
    const at = bytes.lastIndexOf(kind);
    return at < 0 ? null : Math.max(0, at + scene.random.whole(-20, Math.min(400, bytes.length - at)));
  });
}

/** Of messages that were stored by one statement some arrive, the others do not: who catches up begins in the middle. */
function cutInBatch(): Judge {
  return cutOnce("down", (bytes) => {
    const [first, last] = [bytes.indexOf("message.created"), bytes.lastIndexOf("message.created")];
    return first < last ? last : null;
  });
}

function cutOnTheWayUp(scene: Scene): Judge {
  return cutOnce("up", (bytes) => scene.random.whole(0, bytes.length - 1));
}

const WAYS = [cutInFrame, cutInBatch, cutOnTheWayUp];

/** Resets the first connection for whose bytes there is a place to cut. */
function cutOnce(way: Direction, placeIn: (bytes: Buffer) => number | null): Judge {
  let isDone = false;
  return (_, direction, bytes) => {
    const place = direction === way && !isDone ? placeIn(bytes) : null;
    if (place === null) return "pass";
    isDone = true;
    return { resetAfter: place };
  };
}
