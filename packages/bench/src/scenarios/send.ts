import { cookieOf, messagesPath, seedConversations } from "../database/seed.ts";
import type { HttpLoadResult } from "../load/http-load.ts";
import type { Scenario } from "../scenario.ts";
import { remarkOnClients } from "./clients-share.ts";
import { cpuPerRequest } from "./http-figures.ts";

const ROOMS = 16;
const MEMBERS = 4;
const CROWD = 16;

/** Messages sent over HTTP, as programs do, each by somebody in a room of their own; nobody is connected to hear them. */
export const send: Scenario = {
  name: "send",
  quickly: "1 s a crowd instead of 6 s",
  async run(bench) {
    const seeded = await seedConversations(bench.database, "Send", { conversations: ROOMS, members: MEMBERS });
    await bench.tutorial.addPeople(seeded.flatMap(({ people }) => people));
    const compared = await bench.compare(["tutorial", "confab"], "httpLoad", {
      requests: seeded.flatMap((room) =>
        room.people
          .slice(0, 1)
          .map((person) => ({ method: "POST", path: messagesPath(room), cookie: cookieOf(person) })),
      ),
      crowds: [1, CROWD],
      seconds: bench.options.quick ? 1 : 6,
    });
    const scenario = "send over HTTP";
    const alone = ({ steps }: HttpLoadResult) => steps[1];
    const crowd = ({ steps }: HttpLoadResult) => steps[CROWD];
    return [
      compared.row(
        { scenario, what: `stored messages of ${CROWD} clients`, unit: "per second", to: "tutorial" },
        (result) => crowd(result)?.requestsPerSecond,
        { remark: remarkOnClients(compared.of("confab").map(crowd)) },
      ),
      compared.row(
        { scenario, what: `p99 of ${CROWD} clients`, unit: "ms", to: "tutorial" },
        (result) => crowd(result)?.p99,
      ),
      compared.row({ scenario, what: "p50 of one client", unit: "ms", to: "tutorial" }, (result) => alone(result)?.p50),
      compared.row({ scenario, what: "p99 of one client", unit: "ms", to: "tutorial" }, (result) => alone(result)?.p99),
      compared.row({ scenario, what: "CPU with the database per message", unit: "ms", to: "tutorial" }, (result) =>
        cpuPerRequest(crowd(result)),
      ),
    ];
  },
};
