import type { Bench } from "../bench.ts";
import { memberOf, seedConversations } from "../database/seed.ts";
import type { ChatLoadResult, ChatStep } from "../load/chat-load.ts";
import type { Bound, Row } from "../report/row.ts";
import type { Scenario } from "../scenario.ts";
import { cpuPerMillion, remarkOnMaximum } from "./chat-figures.ts";

const SENDERS = 10;
/** Deliveries per second at which everybody is compared, and at which the room is nearly quiet. */
const BUSY = 50_000;
const CALM = 2_000;

interface Bounds {
  cost?: { floor: Bound; target: Bound };
  latency?: { floor: Bound; target?: Bound };
  maximum: { floor?: Bound; target: Bound };
}

const SIZES: readonly { members: number; bounds: Bounds }[] = [
  {
    members: 1_000,
    bounds: {
      cost: { floor: { atMost: 1 }, target: { atMost: 0.8 } },
      latency: { floor: { atMost: 1 }, target: { atMost: 0.75 } },
      maximum: { floor: { atLeast: 1.4 }, target: { atLeast: 20 } },
    },
  },
  { members: 100, bounds: { maximum: { floor: { atLeast: 1.4 }, target: { atLeast: 8 } } } },
];

/** One room, ten of whom write, and everybody hears everything. */
export const fanout: Scenario = {
  name: "fanout",
  quickly: "1,000 members only, shorter steps, a maximum within a factor of 2, nothing at 60 % of it",
  async run(bench) {
    const rows: Row[] = [];
    for (const { members, bounds } of bench.options.quick ? SIZES.slice(0, 1) : SIZES)
      rows.push(...(await runSize(bench, members, bounds)));
    return rows;
  },
};

async function runSize(bench: Bench, members: number, bounds: Bounds): Promise<Row[]> {
  const { quick } = bench.options;
  const [room] = await seedConversations(bench.database, `Fanout ${members}`, { conversations: 1, members });
  if (!room) throw new Error("The room was not made.");
  const seconds = quick ? 2 : 6;
  // Of fewer, one slow message would be the slowest hundredth that all are judged by.
  const calmMessages = quick ? 10 : 100;
  const compared = await bench.compare(["limit", "confab"], "chatLoad", {
    conversations: [{ id: room.id, members: room.people.map((person) => memberOf(person, room)) }],
    sendersPerConversation: SENDERS,
    warmUp: { perSecond: BUSY / 2 / members, seconds: quick ? 1 : 2 },
    steady: {
      busy: { perSecond: BUSY / members, seconds },
      calm: { perSecond: CALM / members, seconds: Math.max(seconds, (calmMessages * members) / CALM) },
    },
    ramp: {
      from: (quick ? BUSY * 2 : BUSY / 2) / members,
      factor: quick ? 4 : 2,
      bisections: quick ? 1 : 3,
      seconds: quick ? 1 : 1.5,
    },
    sixtyPercentSeconds: quick ? 0 : 3,
  });
  const scenario = `fanout, ${members.toLocaleString("en")} members`;
  const busy = ({ steady }: ChatLoadResult) => steady.busy;
  const calm = ({ steady }: ChatLoadResult) => steady.calm;
  const serverCpu = (step: ChatStep | undefined) => cpuPerMillion(step, (cpu) => cpu.server);
  const bothCpu = (step: ChatStep | undefined) => cpuPerMillion(step, (cpu) => cpu.server + cpu.database);
  return [
    compared.row(
      { scenario, what: "server CPU at 50 k deliveries/s", unit: "s per million", to: "limit" },
      (result) => serverCpu(busy(result)),
      bounds.cost,
    ),
    compared.row({ scenario, what: "the same with the database", unit: "s per million", to: "limit" }, (result) =>
      bothCpu(busy(result)),
    ),
    compared.row({ scenario, what: "p50 at 2,000 deliveries/s", unit: "ms", to: "limit" }, (r) => calm(r)?.p50),
    compared.row(
      { scenario, what: "p99 at 2,000 deliveries/s", unit: "ms", to: "limit" },
      (result) => calm(result)?.p99,
      bounds.latency,
    ),
    compared.row(
      { scenario, what: "most deliveries with p99 < 250 ms", unit: "per second", to: "limit" },
      ({ maximum }) => maximum?.deliveriesPerSecond,
      { ...bounds.maximum, remark: remarkOnMaximum(compared.of("confab")) },
    ),
    ...(quick
      ? []
      : [
          compared.row({ scenario, what: "CPU with the database at 60 % of that", unit: "s per million" }, (result) =>
            bothCpu(result.sixtyPercent ?? undefined),
          ),
        ]),
  ];
}
