import { setTimeout as delay } from "node:timers/promises";
import { now } from "../history/clock.ts";
import type { Recorder } from "../history/recorder.ts";
import type { Random } from "../random.ts";
import type { Balancer } from "./balancer.ts";
import type { Crowd } from "./crowd.ts";
import type { Network } from "./network.ts";
import type { Person } from "./people.ts";
import type { ServerNode } from "./server-node.ts";
import type { World } from "./world.ts";

/** How much of everything: "brief" is half of "quick", for servers whose fault is soon found. */
export type Extent = "brief" | "quick" | "full";

interface SceneParts {
  readonly world: World;
  readonly extent: Extent;
  readonly random: Random;
  readonly folder: string;
  readonly recorder: Recorder;
  readonly nodes: readonly ServerNode[];
  readonly balancer: Balancer;
  readonly network: Network;
  /** The busiest first. */
  readonly conversations: readonly string[];
  /** Who is here for this family alone; they write, too. */
  readonly visitors: readonly Person[];
  readonly crowd: Crowd;
}

/** What a family finds on the stage, and its tools to do harm with. */
export class Scene {
  readonly #parts: SceneParts;
  /** What went against a promise that no invariant of the checker is about. */
  readonly problems: string[] = [];
  /** What a family has measured, for the report. */
  readonly figures: Record<string, number> = {};
  kills = 0;

  constructor(parts: SceneParts) {
    this.#parts = parts;
  }

  get world(): World {
    return this.#parts.world;
  }
  get random(): Random {
    return this.#parts.random;
  }
  get folder(): string {
    return this.#parts.folder;
  }
  get network(): Network {
    return this.#parts.network;
  }
  get balancer(): Balancer {
    return this.#parts.balancer;
  }
  get nodes(): readonly ServerNode[] {
    return this.#parts.nodes;
  }
  get conversations(): readonly string[] {
    return this.#parts.conversations;
  }
  get visitors(): readonly Person[] {
    return this.#parts.visitors;
  }
  get crowd(): Crowd {
    return this.#parts.crowd;
  }

  node(index: number): ServerNode {
    const node = this.#parts.nodes[index % this.#parts.nodes.length];
    if (!node) throw new Error("a scene without nodes");
    return node;
  }

  /** How often something is done, or for how long, by the extent of the run. */
  count(quick: number, full: number): number {
    return { brief: Math.ceil(quick / 2), quick, full }[this.#parts.extent];
  }

  async pause(lowMs: number, highMs = lowMs): Promise<void> {
    await delay(this.random.between(lowMs, highMs));
  }

  /** Waits until everybody has a connection, and then some more: the moment of a fault. */
  async calm(lowMs: number, highMs: number): Promise<void> {
    const without = await this.crowd.order({ do: "live" });
    this.expect(without === 0, `everybody has a connection again within 30 s (${without} had none)`);
    await this.pause(lowMs, highMs);
  }

  /** Notes that a fault begins now. */
  fault(name: string): void {
    this.#parts.recorder.note({ op: "fault", name, at: now(), client: "supervisor", person: "supervisor" });
  }

  /** Notes that somebody has lost a right, which was committed before now. */
  revoked(person: string, conversation: string | null, budget_ms: number): void {
    this.#parts.recorder.note({ op: "revoked", person, conversation, budget_ms, at: now(), client: "supervisor" });
  }

  async killNode(index: number): Promise<void> {
    this.fault(`kill -9 of ${this.node(index).name}`);
    this.kills += 1;
    await this.node(index).kill();
  }

  async killDatabase(): Promise<void> {
    this.fault("kill -9 of the database");
    this.kills += 1;
    await this.world.database.kill();
  }

  /** A promise beside the invariants. */
  expect(isKept: boolean, promise: string): void {
    if (!isKept) this.problems.push(promise);
  }
}
