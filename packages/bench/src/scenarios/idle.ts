import { memberOf, seedConversations } from "../database/seed.ts";
import type { IdleLoadResult } from "../load/idle-load.ts";
import type { Scenario } from "../scenario.ts";
import { remarkOnClients } from "./clients-share.ts";

const SOCKETS = 5_000;
const SOCKETS_QUICK = 1_000;
const MEMBERS = 4;
/** After that long a silence Confab sends a ping: each socket gets one while the server is looked at. */
const PING_SECONDS = 40;

/** Many who are connected, each somebody else with a session, and say nothing. */
export const idle: Scenario = {
  name: "idle",
  quickly: "1,000 sockets instead of 5,000, their memory after 1 s, idle for 3 s, in which nobody is pinged",
  async run(bench) {
    const { quick } = bench.options;
    const sockets = quick ? SOCKETS_QUICK : SOCKETS;
    const size = { conversations: sockets / MEMBERS, members: MEMBERS };
    const seeded = await seedConversations(bench.database, "Idle", size);
    const compared = await bench.compare(
      ["limit", "confab"],
      "idleLoad",
      {
        members: seeded.flatMap((room) => room.people.map((person) => memberOf(person, room))),
        settleSeconds: quick ? 1 : 5,
        // With the first pings, their code is compiled.
        idleAfterSeconds: quick ? 1 : PING_SECONDS,
        idleSeconds: quick ? 3 : PING_SECONDS,
      },
      // What the sockets of the last round have grown is not given back: a second round would find room there.
      () => bench.refresh(),
    );
    const scenario = `idle, ${sockets.toLocaleString("en")} sockets`;
    return [
      compared.row(
        { scenario, what: "memory per socket", unit: "KiB", to: "limit" },
        (result) => result.kibibytesPerSocket,
        { floor: { atMost: 1.25 }, target: { atMost: 1 }, remark: remarkOnLost(compared.of("confab")) },
      ),
      compared.row(
        { scenario, what: "CPU with the database while idle", unit: "% of a core" },
        ({ serverShare, databaseShare }) => (serverShare + databaseShare) * 100,
        { floor: { atMost: 1 }, remark: quick ? "without the pings" : undefined },
      ),
      compared.row(
        { scenario, what: "connects", unit: "per second", to: "limit" },
        (result) => result.connectsPerSecond,
        { floor: { atLeast: 0.4 }, target: { atLeast: 0.7 }, remark: remarkOnClients(compared.of("confab")) },
      ),
      compared.row(
        { scenario, what: "CPU with the database per connect", unit: "ms", to: "limit" },
        ({ serverPerConnect, databasePerConnect }) => serverPerConnect + databasePerConnect,
      ),
    ];
  },
};

function remarkOnLost(results: readonly IdleLoadResult[]): string | undefined {
  const lost = results.reduce((sum, result) => sum + result.lost, 0);
  return lost > 0 ? `${lost} sockets were lost` : undefined;
}
