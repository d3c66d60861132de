import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { withFigures } from "@confab/tooling/with-figures";
import { FAMILIES } from "./families/families.ts";
import { figuresText, lastLineOf, linesOf } from "./report.ts";
import { type Result, runFamily } from "./run-family.ts";
import { runSabotages } from "./sabotage/run-sabotages.ts";
import { closeWorld, openWorld, type World } from "./supervisor/world.ts";

const USAGE = `pnpm chaos [--quick] [--family t1,t2] [--sabotage] [--seed word] [--keep] [--json file]`;

const PAGE = new URL("../../../docs/reliability.md", import.meta.url);

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    family: { type: "string" },
    sabotage: { type: "boolean", default: false },
    seed: { type: "string" },
    keep: { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);

// Exit handlers end what was started.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

function chosenFamilies() {
  const names = values.family?.toUpperCase().split(",");
  const unknown = names?.filter((name) => !FAMILIES.some((family) => family.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`There is no family ${unknown.join(", ")}.`);
  return FAMILIES.filter((family) => names?.includes(family.name) ?? true);
}

async function* runFamilies(world: World): AsyncGenerator<Result> {
  for (const family of chosenFamilies())
    yield await runFamily(world, family, { extent: values.quick ? "quick" : "full" });
}

async function runAll(seed: string): Promise<Result[]> {
  const results: Result[] = [];
  const world = await openWorld(seed);
  if (values.keep) say(`Histories and logs are in ${world.folder}`);
  try {
    for await (const result of values.sabotage ? runSabotages(world) : runFamilies(world)) {
      results.push(result);
      for (const line of linesOf(result)) say(line);
    }
  } finally {
    await closeWorld(world, values.keep);
  }
  return results;
}

if (values.help) say(USAGE);
else {
  const seed = values.seed ?? String(randomInt(1_000_000));
  say(`seed ${seed}: repeat with --seed ${seed}`);
  const results = await runAll(seed);
  // A part of the families, or less of each, is no figure to publish.
  if (!values.quick && !values.sabotage && values.family === undefined)
    await writeFile(
      PAGE,
      withFigures(await readFile(PAGE, "utf8"), "pnpm chaos", figuresText(seed, new Date(), results)),
    );
  if (values.json) await writeFile(values.json, `${JSON.stringify({ seed, results }, null, 2)}\n`);
  say(lastLineOf(results));
  process.exitCode = results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}
