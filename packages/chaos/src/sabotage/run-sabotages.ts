import { FAMILIES } from "../families/families.ts";
import { type Result, runFamily } from "../run-family.ts";
import type { World } from "../supervisor/world.ts";
import { SABOTAGES, type Sabotage } from "./sabotages.ts";

const SECONDS_MAX = 60;

/** Runs each server that is wrong on purpose. One passes when the checker has found it out, in time. */
export async function* runSabotages(world: World): AsyncGenerator<Result> {
  for (const sabotage of SABOTAGES) yield await runSabotage(world, sabotage);
}

function preloadOf(name: string): string {
  return `${import.meta.resolve("./preload.ts")}?sabotage=${encodeURIComponent(name)}`;
}

async function runSabotage(world: World, { name, family: wanted, extent }: Sabotage): Promise<Result> {
  const family = FAMILIES.find((each) => each.name === wanted);
  if (!family) throw new Error(`There is no family ${wanted}.`);
  const result = await runFamily(world, family, { extent, preload: preloadOf(name) });
  // It has to be an invariant that is broken: a server that does not even start is no proof.
  const isCaught = result.reasons.some((reason) => /^I\d+ /.test(reason));
  const isInTime = result.seconds <= SECONDS_MAX;
  return {
    ...result,
    title: `sabotage "${name}" ${isCaught ? "was found out" : "was not found out"}`,
    outcome: isCaught && isInTime ? "passed" : "failed",
    reasons: isInTime ? result.reasons : [...result.reasons, `it took longer than ${SECONDS_MAX} s`],
  };
}
