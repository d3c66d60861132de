import { readFile, writeFile } from "node:fs/promises";
import { withFigures } from "@confab/tooling/with-figures";
import { Bench } from "./bench.ts";
import { isWhole, readOptions } from "./options.ts";
import type { ScenarioResult } from "./report/results.ts";
import { readFacts, sentenceOf } from "./report/run-facts.ts";
import { toScalingTables } from "./report/scaling-table.ts";
import { toTable } from "./report/table.ts";
import { conversations } from "./scaling/conversations.ts";
import { type Dimension, measureDimension, type ScalingLine } from "./scaling/dimension.ts";
import { members } from "./scaling/members.ts";
import { messages } from "./scaling/messages.ts";
import { sockets } from "./scaling/sockets.ts";
import type { Scenario } from "./scenario.ts";
import { fanout } from "./scenarios/fanout.ts";
import { history } from "./scenarios/history.ts";
import { idle } from "./scenarios/idle.ts";
import { nodes } from "./scenarios/nodes.ts";
import { open } from "./scenarios/open.ts";
import { rooms } from "./scenarios/rooms.ts";
import { send } from "./scenarios/send.ts";
import { start } from "./scenarios/start.ts";

const SCENARIOS: readonly Scenario[] = [fanout, rooms, idle, history, open, send, nodes, start];
const DIMENSIONS: readonly Dimension[] = [members, conversations, messages, sockets];
const PAGE = new URL("../../../docs/performance.md", import.meta.url);

// Exit handlers end what was started: with `--scaling`, servers and databases of every size.
process.setMaxListeners(0);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const options = readOptions({
  scenarios: SCENARIOS.map(({ name }) => name),
  dimensions: DIMENSIONS.map(({ name }) => name),
});
const bench = await Bench.open(options);
try {
  await (options.scaling ? scale() : compareAll());
} finally {
  await bench.close();
}

async function compareAll(): Promise<void> {
  const results: ScenarioResult[] = [];
  for (const scenario of SCENARIOS) {
    if (!options.only.includes(scenario.name)) continue;
    // What the scenario before has left in Confab's memory must not be measured.
    if (results.length > 0 && !scenario.restartsItself) await bench.refresh();
    results.push(await runScenario(scenario));
  }
  const facts = await readFacts(bench);
  const text = [sentenceOf(facts), toTable(results.flatMap(({ rows }) => rows)), ...lessOf(results)].join("\n\n");
  console.log(`\n${text}`);
  if (options.json) await writeFile(options.json, `${JSON.stringify({ ...facts, results }, null, 2)}\n`);
  // A part of the scenarios, or less of each, is nothing to publish.
  if (isWhole(options, SCENARIOS.length)) await publish("pnpm bench", text);
}

async function scale(): Promise<void> {
  const chosen = DIMENSIONS.filter(({ name }) => options.only.includes(name));
  const lines: ScalingLine[] = [];
  for (const dimension of chosen) {
    console.log(`── ${dimension.name}`);
    lines.push(...(await measureDimension(options, dimension)));
  }
  const facts = await readFacts(bench);
  const text = `${sentenceOf(facts)}\n\n${toScalingTables(lines)}`;
  console.log(`\n${text}`);
  if (options.json) await writeFile(options.json, `${JSON.stringify({ ...facts, lines }, null, 2)}\n`);
  if (isWhole(options, DIMENSIONS.length)) await publish("pnpm bench --scaling", text);
}

async function publish(command: string, text: string): Promise<void> {
  await writeFile(PAGE, withFigures(await readFile(PAGE, "utf8"), command, `\n${text}\n`));
}

async function runScenario(scenario: Scenario): Promise<ScenarioResult> {
  console.log(`── ${scenario.name}`);
  const begin = performance.now();
  const rows = await scenario.run(bench);
  const seconds = Math.round((performance.now() - begin) / 1000);
  console.log(`${toTable(rows)}\n   ${seconds} s`);
  return {
    scenario: scenario.name,
    less: options.quick ? scenario.quickly : null,
    seconds,
    rows,
    measured: bench.takeMeasured(),
  };
}

function lessOf(results: readonly ScenarioResult[]): string[] {
  const lines = results.flatMap(({ scenario, less }) => (less === null ? [] : `- ${scenario}: ${less}`));
  return lines.length === 0 ? [] : [`A quick look, with less than in full:\n${lines.join("\n")}`];
}
