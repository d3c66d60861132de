import { now } from "../history/clock.ts";
import type { Wire } from "../supervisor/network.ts";
import type { Scene } from "../supervisor/scene.ts";
import type { Family } from "./family.ts";

const NOTICED_MS_MAX = 60_000;

export const halfOpen: Family = {
  name: "T12",
  title: "connections forgotten by the network without a word",
  nodes: 1,
  async run(scene) {
    await scene.calm(1_000, 2_000);
    scene.fault("every connection is half-open");
    const wires = scene.network.vanish();
    scene.figures.half_open = wires.length;
    scene.expect(wires.length > 0, "there are connections to forget");
    await expectNoticed(scene, wires, "near", "clients");
    // The server asks after 40 s of silence, and waits for 10 s more: too long for a quick run.
    if (scene.count(0, 1) > 0) await expectNoticed(scene, wires, "far", "the server");
    await scene.calm(2_000, 3_000);
  },
};

async function expectNoticed(scene: Scene, wires: readonly Wire[], end: "near" | "far", who: string): Promise<void> {
  const began = now();
  const open = () => wires.filter((wire) => !wire[end].destroyed).length;
  while (open() > 0 && now() - began < NOTICED_MS_MAX) await scene.pause(200);
  scene.figures[`noticed_by_${who.replace(" ", "_")}`] = Math.round(now() - began);
  scene.expect(open() === 0, `${who} notice half-open connections within 60 s (${open()} were not)`);
}
