import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { check } from "./checker/check.ts";
import { gather, type Violation } from "./checker/evidence.ts";
import type { Family } from "./families/family.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { now } from "./history/clock.ts";
import { Recorder, readHistories } from "./history/recorder.ts";
import { Random } from "./random.ts";
import { Balancer } from "./supervisor/balancer.ts";
import { Crowd } from "./supervisor/crowd.ts";
import { gatherPeople } from "./supervisor/gathering.ts";
import { Network } from "./supervisor/network.ts";
import { type Extent, Scene } from "./supervisor/scene.ts";
import { ServerNode } from "./supervisor/server-node.ts";
import type { World } from "./supervisor/world.ts";

const PROCESSES = 3;
const LATE_MS = 7_000;
/** A family that takes longer has got stuck, and has failed. */
const MINUTES_MAX = { brief: 3, quick: 5, full: 20 };

export interface FamilyOptions {
  readonly extent: Extent;
  /** A module that the nodes load first: a sabotage. */
  readonly preload?: string | undefined;
}

export interface Result {
  readonly family: string;
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped, or what was wrong: the first of each kind, and how many there were. */
  readonly reasons: readonly string[];
  readonly seconds: number;
  readonly figures: Figures | null;
}

/** Sets the stage, lets a family do its harm, waits for calm, and has everything checked. */
export async function runFamily(world: World, family: Family, options: FamilyOptions): Promise<Result> {
  const began = now();
  const result = (outcome: Result["outcome"], reasons: string[], figures: Figures | null = null): Result => ({
    ...{ family: family.name, title: family.title, outcome, reasons, figures },
    seconds: Math.round((now() - began) / 100) / 10,
  });
  const why = family.cannotRun?.() ?? null;
  if (why !== null) return result("skipped", [why]);
  let stage: Stage | null = null;
  try {
    stage = await Stage.build(world, family, options);
    const { reasons, figures } = await within(MINUTES_MAX[options.extent], stage.play());
    return result(reasons.length > 0 ? "failed" : "passed", reasons, figures);
  } catch (error) {
    return result("failed", [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  } finally {
    await stage?.strike();
  }
}

async function within<Value>(minutes: number, work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not finished after ${minutes} minutes`)), minutes * 60_000);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Everything that is built for one family and taken down after it. */
class Stage {
  readonly #family: Family;
  readonly #recorder: Recorder;
  readonly #scene: Scene;
  readonly #opened: Opened;

  private constructor(family: Family, recorder: Recorder, scene: Scene, opened: Opened) {
    this.#family = family;
    this.#recorder = recorder;
    this.#scene = scene;
    this.#opened = opened;
  }

  static async build(world: World, family: Family, options: FamilyOptions): Promise<Stage> {
    const opened: Opened = [];
    try {
      const parts = await setStage(world, family, options, opened);
      return new Stage(family, parts.recorder, new Scene(parts), opened);
    } catch (error) {
      await closeAll(opened);
      throw error;
    }
  }

  /** From the first connection to the verdict. */
  async play(): Promise<{ reasons: string[]; figures: Figures }> {
    const scene = this.#scene;
    const { crowd, conversations, world } = scene;
    scene.expect((await crowd.order({ do: "connect" })) === 0, "everybody gets a connection before it begins");
    await crowd.order({ do: "write" });
    await this.#family.run(scene);
    scene.network.heal();
    await Promise.all(scene.nodes.map((node) => node.start()));
    const restless = await crowd.order({ do: "rest" });
    scene.expect(restless === 0, "every message has its answer within 30 s of the last fault");
    // A request that nobody waits for any more may still be obeyed.
    if (restless > 0) await delay(LATE_MS);
    await crowd.order({ do: "converge", heads: await world.database.heads(conversations) });
    await crowd.order({ do: "stop" });
    this.#recorder.close();
    const records = readHistories(scene.folder);
    const dump = await world.database.dump(conversations);
    const evidence = gather(records, dump);
    this.#family.judge?.(scene, evidence);
    const violations = check(records, dump);
    return {
      reasons: [...summaryOf(violations), ...scene.problems.map((promise) => `not kept: ${promise}`)],
      figures: figuresOf(evidence, violations, scene),
    };
  }

  strike(): Promise<void> {
    return closeAll(this.#opened);
  }
}

/** What has been opened, in that order; closed in the reverse one, also when the building fails half-way. */
type Opened = (() => Promise<unknown>)[];

async function closeAll(opened: Opened): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

async function setStage(world: World, family: Family, { extent, preload }: FamilyOptions, opened: Opened) {
  const folder = path.join(world.folder, family.name);
  await mkdir(folder, { recursive: true });
  opened.push(async () => family.finish?.());
  await family.prepare?.(folder);
  const nodes = await Promise.all(
    Array.from({ length: family.nodes }, (_, n) =>
      ServerNode.create({
        ...{ name: `node-${n + 1}`, folder, databaseUrl: world.database.url, preload },
        environment: family.environment?.(n),
      }),
    ),
  );
  opened.push(() => Promise.all(nodes.map((node) => node.kill())));
  await Promise.all(nodes.map((node) => node.start()));
  const balancer = new Balancer(nodes);
  await balancer.start();
  opened.push(() => balancer.stop());
  const network = new Network(() => balancer.port);
  await network.start();
  opened.push(() => network.stop());
  const readers = (extent === "full" ? family.readers?.full : family.readers?.quick) ?? 0;
  const { conversations, clients, visitors } = await gatherPeople(world, family, readers, network.url);
  opened.push(() => world.database.forget(conversations));
  const plan = { url: network.url, folder, seed: `${world.seed}/${family.name}`, clients };
  const crowd = new Crowd(plan, PROCESSES, { count: family.sleepers ?? 0, url: nodes[0]?.url ?? "" });
  opened.push(() => crowd.end());
  const random = new Random(world.seed).child(family.name);
  const stagehands = { recorder: new Recorder(folder, "supervisor"), nodes, balancer, network, crowd };
  return { world, extent, random, folder, conversations, visitors, ...stagehands };
}

/** The first violation of each invariant stands for the others. */
function summaryOf(violations: readonly Violation[]): string[] {
  return Array.from(
    Map.groupBy(violations, ({ invariant }) => invariant),
    ([invariant, all]) => `${invariant} (${all.length}): ${all[0]?.message}`,
  );
}
