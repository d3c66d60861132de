import { accountAnswerSchema } from "@confab/shared/auth";
import { newId } from "@confab/shared/ids";
import type { Bench } from "../bench.ts";
import { insertConversations, messagesPath, type SeededPerson, seedMessages, seedPeople } from "../database/seed.ts";
import type { Scenario } from "../scenario.ts";

const CONVERSATIONS = 200;
const COLLEAGUES = 60;
const OTHERS = 3;
const MESSAGES = 100;
const PASSWORD = "a-long-password-for-the-bench";

/** From the sign-in form to a chat that can be used: the state of 200 conversations, and a page of the first. */
export const open: Scenario = {
  name: "open",
  quickly: "30 times instead of 200",
  async run(bench) {
    const username = "Open Ada";
    const conversations = await seedWorkplace(bench, await register(bench, username));
    const [first] = conversations;
    if (!first) throw new Error("The conversations were not made.");
    const compared = await bench.compare(["confab"], "openLoad", {
      username,
      password: PASSWORD,
      pagePath: `${messagesPath(first)}?limit=50`,
      times: bench.options.quick ? 30 : 200,
    });
    const scenario = `open, ${CONVERSATIONS} conversations`;
    const [{ readyBytes = 0 } = {}] = compared.of("confab");
    return [
      compared.row({ scenario, what: "sign-in to usable, p50", unit: "ms" }, ({ usable }) => usable),
      compared.row({ scenario, what: "sign-in to usable, p99", unit: "ms" }, ({ usableP99 }) => usableP99),
      compared.row({ scenario, what: "of which signing in, p50", unit: "ms" }, ({ signIn }) => signIn, {
        remark: "most of it is argon2",
      }),
      compared.row({ scenario, what: "socket to ready, p50", unit: "ms" }, ({ ready }) => ready, {
        remark: `${Math.round(readyBytes / 1024)} KiB`,
      }),
      compared.row({ scenario, what: "socket to ready, p99", unit: "ms" }, ({ readyP99 }) => readyP99),
      compared.row({ scenario, what: "first page, p50", unit: "ms" }, ({ page }) => page),
      compared.row(
        { scenario, what: "CPU with the database for all of it", unit: "ms" },
        (result) => result.cpuPerOpening,
      ),
    ];
  },
};

/** By the front door, for the password. */
async function register({ confab }: Bench, username: string): Promise<string> {
  const response = await fetch(`${confab.url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, email: "open-ada@example.org", password: PASSWORD }),
  });
  if (!response.ok) throw new Error(`Registering was answered with ${response.status}: ${await response.text()}`);
  return accountAnswerSchema.parse(await response.json()).user.id;
}

/** Groups of the person with three colleagues each, in which all have written. */
async function seedWorkplace({ database }: Bench, personId: string) {
  const colleagues = await seedPeople(database, "Open colleague", COLLEAGUES);
  const person: SeededPerson = { id: personId, username: "", token: "" };
  const conversations = Array.from({ length: CONVERSATIONS }, (_, n) => {
    const at = (n * OTHERS) % COLLEAGUES;
    return { id: newId(), people: [person, ...colleagues.slice(at, at + OTHERS)] };
  });
  await insertConversations(database, "Open", conversations);
  await seedMessages(database, conversations, MESSAGES);
  return conversations;
}
