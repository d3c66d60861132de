import { memberOf, seedConversations } from "../database/seed.ts";
import type { Scenario } from "../scenario.ts";
import { cpuPerMessage, remarkOnMaximum } from "./chat-figures.ts";

const ROOMS = 500;
const ROOMS_QUICK = 250;
const MEMBERS = 4;
const CALM = 100;

/** Many small rooms that all talk: what a message costs when there is little to deliver. */
export const rooms: Scenario = {
  name: "rooms",
  quickly: "250 rooms instead of 500, shorter steps, a maximum within a factor of 2",
  async run(bench) {
    const { quick } = bench.options;
    const count = quick ? ROOMS_QUICK : ROOMS;
    const seeded = await seedConversations(bench.database, "Rooms", { conversations: count, members: MEMBERS });
    await bench.tutorial.addPeople(seeded.flatMap(({ people }) => people));
    const compared = await bench.compare(["tutorial", "confab"], "chatLoad", {
      conversations: seeded.map((room) => ({ id: room.id, members: room.people.map((each) => memberOf(each, room)) })),
      sendersPerConversation: MEMBERS,
      warmUp: { perSecond: 500, seconds: quick ? 1.5 : 3 },
      steady: { calm: { perSecond: CALM, seconds: quick ? 2 : 6 } },
      ramp: { from: 500, factor: quick ? 4 : 2, bisections: quick ? 1 : 3, seconds: quick ? 1 : 2 },
      sixtyPercentSeconds: quick ? 1 : 4,
    });
    const scenario = `rooms, ${count} × ${MEMBERS}`;
    return [
      compared.row(
        { scenario, what: "most stored messages with p99 < 250 ms", unit: "per second", to: "tutorial" },
        ({ maximum }) => maximum?.messagesPerSecond,
        { floor: { atLeast: 3 }, target: { atLeast: 6 }, remark: remarkOnMaximum(compared.of("confab")) },
      ),
      compared.row(
        { scenario, what: "database CPU per message at 60 % of that", unit: "ms", to: "tutorial" },
        ({ sixtyPercent }) => cpuPerMessage(sixtyPercent, (cpu) => cpu.database),
        { floor: { atMost: 0.4 }, target: { atMost: 0.15 } },
      ),
      compared.row(
        { scenario, what: "server CPU per message at 60 % of that", unit: "ms", to: "tutorial" },
        ({ sixtyPercent }) => cpuPerMessage(sixtyPercent, (cpu) => cpu.server),
      ),
      compared.row({ scenario, what: "p50 at 100 messages/s", unit: "ms" }, ({ steady }) => steady.calm?.p50, {
        floor: { atMost: 2.5 },
      }),
      compared.row(
        { scenario, what: "p50 at 100 messages/s, compared", unit: "ms", to: "tutorial" },
        ({ steady }) => steady.calm?.p50,
        { target: { atMost: 1 } },
      ),
      compared.row(
        { scenario, what: "p99 at 100 messages/s", unit: "ms", to: "tutorial" },
        ({ steady }) => steady.calm?.p99,
      ),
    ];
  },
};
