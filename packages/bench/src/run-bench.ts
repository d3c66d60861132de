import { Bench } from "./bench.ts";
import { readOptions } from "./options.ts";
import type { Row } from "./report/row.ts";
import { toTable } from "./report/table.ts";
import type { Scenario } from "./scenario.ts";
import { fanout } from "./scenarios/fanout.ts";
import { history } from "./scenarios/history.ts";
import { idle } from "./scenarios/idle.ts";
import { open } from "./scenarios/open.ts";
import { rooms } from "./scenarios/rooms.ts";
import { send } from "./scenarios/send.ts";

const SCENARIOS: readonly Scenario[] = [fanout, rooms, idle, history, open, send];

const options = readOptions();
const chosen = SCENARIOS.filter(({ name }) => options.only?.includes(name) ?? true);
const bench = await Bench.open(options);
try {
  const rows: Row[] = [];
  for (const scenario of chosen) {
    console.log(`── ${scenario.name}`);
    const start = performance.now();
    rows.push(...(await scenario.run(bench)));
    console.log(`   ${((performance.now() - start) / 1000).toFixed(0)} s`);
    await bench.refresh();
  }
  console.log(toTable(rows));
} finally {
  await bench.close();
}
