import type { Bench } from "../bench.ts";
import { memberOf, seedConversations } from "../database/seed.ts";
import type { ChatLoadResult, ChatStep } from "../load/chat-load.ts";
import type { CpuSeconds } from "../load/process-meter.ts";
import type { Row } from "../report/row.ts";
import { toText } from "../report/table.ts";
import type { Scenario } from "../scenario.ts";
import { HAS_REDIS, startRedis } from "../systems/redis.ts";
import { cpuPerMessage, cpuPerMillion } from "./chat-figures.ts";

/** What two nodes are asked to carry, and at how many messages per second. */
interface Load {
  readonly name: string;
  readonly conversations: number;
  readonly conversationsQuick: number;
  readonly members: number;
  readonly senders: number;
  readonly steady: number;
  readonly what: string;
  readonly unit: string;
  cpu(step: ChatStep | undefined, read: (cpu: CpuSeconds) => number): number | undefined;
}

const LOADS: readonly Load[] = [
  {
    ...{ name: "fanout", conversations: 1, conversationsQuick: 1, members: 1_000, senders: 10, steady: 50 },
    ...{ what: "50 k deliveries/s", unit: "s per million" },
    cpu: cpuPerMillion,
  },
  {
    ...{ name: "rooms", conversations: 500, conversationsQuick: 250, members: 4, senders: 4, steady: 1_000 },
    ...{ what: "1,000 messages/s", unit: "ms per message" },
    cpu: (step, read) => cpuPerMessage(step ?? null, read),
  },
];

/**
 * What a second node brings, with the members of every conversation on both of them. Nothing is kept on a core, neither with
 * one node nor with two. On two cores a second node takes what it uses from the database and the clients, so a maximum would
 * say nothing; what the busier node uses for a message says how far two get where they have cores of their own.
 */
export const nodes: Scenario = {
  name: "nodes",
  restartsItself: true,
  quickly: "only by NOTIFY, 250 rooms instead of 500, shorter steps",
  async run(bench) {
    const rows = await measure(bench, "NOTIFY");
    if (bench.options.quick) return rows;
    if (!HAS_REDIS) {
      console.log("   There is no redis-server here: its lines are left out.");
      return rows;
    }
    const redis = await startRedis();
    rows.push(...(await measure(bench, "Redis", redis.url)));
    await bench.refresh();
    await redis.server.stop();
    return rows;
  },
};

async function measure(bench: Bench, bus: string, redisUrl?: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const load of LOADS) {
    await bench.refresh({ core: "any", ...(redisUrl && { redisUrl }) });
    rows.push(...(await compare(bench, bus, load)));
  }
  return rows;
}

async function compare(bench: Bench, bus: string, load: Load): Promise<Row[]> {
  const { quick } = bench.options;
  const conversations = quick ? load.conversationsQuick : load.conversations;
  const size = { conversations, members: load.members };
  const seeded = await seedConversations(bench.database, `${load.name} by ${bus}`, size);
  const compared = await bench.compare(["confab", "two nodes"], "chatLoad", {
    conversations: seeded.map((room) => ({ id: room.id, members: room.people.map((each) => memberOf(each, room)) })),
    sendersPerConversation: load.senders,
    warmUp: { perSecond: load.steady / 2, seconds: quick ? 1 : 3 },
    steady: { even: { perSecond: load.steady, seconds: quick ? 2 : 5 } },
    ramp: null,
    sixtyPercentSeconds: 0,
  });
  const scenario = `two nodes, ${load.name}, ${bus}`;
  const names = { scenario, of: "two nodes", to: "confab" } as const;
  const alone = (read: (result: ChatLoadResult) => number | undefined) =>
    `one node: ${toText(compared.figure("confab", read))}; no process kept on a core`;
  const busier = ({ steady }: ChatLoadResult) =>
    load.cpu(steady.even, ({ server, secondNode }) => Math.max(server - secondNode, secondNode));
  const all = ({ steady }: ChatLoadResult) => load.cpu(steady.even, ({ server, database }) => server + database);
  const p50 = ({ steady }: ChatLoadResult) => steady.even?.p50;
  return [
    compared.row({ ...names, what: `CPU of the busier node at ${load.what}`, unit: load.unit }, busier, {
      remark: alone(busier),
    }),
    compared.row({ ...names, what: "CPU of both with the database", unit: load.unit }, all, { remark: alone(all) }),
    compared.row({ ...names, what: `p50 at ${load.what}`, unit: "ms" }, p50, { remark: alone(p50) }),
  ];
}
