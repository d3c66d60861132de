import type { Comparison, SystemName } from "../comparison.ts";
import { cookieOf, messagesPath, seedConversations, seedMessages } from "../database/seed.ts";
import type { HttpLoadResult, HttpStep } from "../load/http-load.ts";
import { toText } from "../report/table.ts";
import type { Scenario } from "../scenario.ts";
import { remarkOnClients } from "./clients-share.ts";
import { cpuPerRequest } from "./http-figures.ts";

const MESSAGES = 100_000;
const MEMBERS = 4;
const CROWD = 16;

/** The newest page of a long conversation, by HTTP, again and again, with the session and the rights looked at each time. */
export const history: Scenario = {
  name: "history",
  quickly: "1 s a crowd instead of 6 s",
  async run(bench) {
    const [room] = await seedConversations(bench.database, "History", { conversations: 1, members: MEMBERS });
    if (!room) throw new Error("The room was not made.");
    await seedMessages(bench.database, [room], MESSAGES);
    await bench.tutorial.addPeople(room.people);
    await bench.tutorial.addMessages(room, MESSAGES);
    const compared = await bench.compare(["tutorial", "confab"], "httpLoad", {
      requests: room.people.map((person) => ({
        method: "GET",
        path: `${messagesPath(room)}?limit=50`,
        cookie: cookieOf(person),
      })),
      crowds: [1, CROWD],
      seconds: bench.options.quick ? 1 : 6,
    });
    const scenario = `history, 50 of ${MESSAGES.toLocaleString("en")}`;
    const alone = ({ steps }: HttpLoadResult) => steps[1];
    const crowd = ({ steps }: HttpLoadResult) => steps[CROWD];
    return [
      compared.row(
        { scenario, what: `requests of ${CROWD} clients`, unit: "per second", to: "tutorial" },
        (result) => crowd(result)?.requestsPerSecond,
        {
          floor: { atLeast: 2 },
          target: { atLeast: 9 },
          remark: remarkOnClients(compared.of("confab").map(crowd)),
        },
      ),
      compared.row({ scenario, what: `p99 of ${CROWD} clients`, unit: "ms" }, (result) => crowd(result)?.p99, {
        target: { atMost: 3 },
      }),
      compared.row({ scenario, what: "p50 of one client", unit: "ms", to: "tutorial" }, (result) => alone(result)?.p50),
      compared.row({ scenario, what: "p99 of one client", unit: "ms", to: "tutorial" }, (result) => alone(result)?.p99),
      compared.row(
        { scenario, what: "CPU with the database per request", unit: "ms", to: "tutorial" },
        (result) => cpuPerRequest(crowd(result)),
        { remark: remarkOnSize(compared, crowd) },
      ),
    ];
  },
};

function remarkOnSize(
  compared: Comparison<HttpLoadResult>,
  read: (result: HttpLoadResult) => HttpStep | undefined,
): string {
  const bytes = (system: SystemName) => compared.figure(system, (result) => read(result)?.bytesPerAnswer);
  return `an answer has ${toText(bytes("confab"))} bytes, the tutorial's ${toText(bytes("tutorial"))}`;
}
