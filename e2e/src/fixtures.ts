import { accountAnswerSchema } from "@confab/shared/auth";
import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from "@playwright/test";
import { Network } from "./network.ts";
import { ADMIN, type Server, startServer } from "./server.ts";

/** Somebody with a browser of their own, signed in. */
export interface Person {
  /** The username: the given first name and a mark that makes it unique on this server. */
  name: string;
  email: string;
  password: string;
  id: string;
  context: BrowserContext;
  page: Page;
}

interface PersonOptions extends BrowserContextOptions {
  /** A server of the test's own, instead of the worker's. */
  server?: Server;
}

interface TestFixtures {
  /** Console errors that the test brings about on purpose (a refused request, a cut network); null for none. */
  allowedErrors: RegExp | null;
  /** A browser that nobody has signed in with. */
  newVisitor: (options?: PersonOptions) => Promise<{ context: BrowserContext; page: Page }>;
  newPerson: (name: string, options?: PersonOptions) => Promise<Person>;
  newGuest: (name: string, options?: PersonOptions) => Promise<Person>;
  /** The administrator in a browser of their own. */
  signInAsAdmin: (options?: PersonOptions) => Promise<Person>;
  /** Every browser of the test. */
  contexts: BrowserContext[];
  /** A server that the test may stop and kill. */
  ownServer: Server;
  /** A way to the worker's server that the test may break, for whoever comes with `baseURL: network.url`. */
  network: Network;
}

interface WorkerFixtures {
  server: Server;
}

const PASSWORD = "correct horse battery";

let peopleSoFar = 0;

/** "Ben" becomes "Ben aab": marks of one length, so that no name is the beginning of another. */
function uniqueName(name: string): string {
  const letters = [676, 26, 1].map((place) => String.fromCharCode(97 + (Math.floor(peopleSoFar / place) % 26)));
  peopleSoFar += 1;
  return `${name} ${letters.join("")}`;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.dispose();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  baseURL: async ({ server }, use) => use(server.url),

  allowedErrors: [null, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  contexts: async ({}, use) => use([]),

  ownServer: async ({ contexts }, use) => {
    const server = await startServer();
    await use(server);
    // In whatever order a test names what it needs: a page whose server goes away looks for it, and says so.
    await closeAll(contexts);
    await server.dispose();
  },

  network: async ({ server }, use) => {
    const network = new Network(server.url);
    await network.mend();
    await use(network);
    network.dispose();
  },

  newVisitor: async ({ browser, server, contexts, allowedErrors }, use, testInfo) => {
    const problems: string[] = [];
    await use(async ({ server: own = server, ...options } = {}) => {
      const context = await browser.newContext({ baseURL: own.url, ...options });
      contexts.push(context);
      watch(context, problems);
      return { context, page: await context.newPage() };
    });
    await closeAll(contexts);
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach("server log", { body: server.log });
    expect(
      problems.filter((problem) => !allowedErrors?.test(problem)),
      "errors in the browsers' consoles",
    ).toEqual([]);
  },

  newPerson: async ({ newVisitor }, use) => {
    await use(async (firstName, options) => {
      const visitor = await newVisitor(options);
      const name = uniqueName(firstName);
      const account = {
        username: name,
        email: `${name.replace(" ", ".")}@example.org`.toLowerCase(),
        password: PASSWORD,
      };
      await post(visitor.context, "/register", account);
      const id = await post(visitor.context, "/login", { username: name, password: PASSWORD });
      return { ...visitor, ...account, name, id };
    });
  },

  newGuest: async ({ newVisitor }, use) => {
    await use(async (firstName, options) => {
      const visitor = await newVisitor(options);
      const name = uniqueName(firstName);
      const id = await post(visitor.context, "/guest", { username: name });
      return { ...visitor, name, id, email: "", password: "" };
    });
  },

  signInAsAdmin: async ({ newVisitor }, use) => {
    await use(async (options) => {
      const visitor = await newVisitor(options);
      const id = await post(visitor.context, "/login", { username: ADMIN.username, password: ADMIN.password });
      return { ...visitor, name: ADMIN.username, email: ADMIN.email, password: ADMIN.password, id };
    });
  },
});

/** Posts to an account route in the context's name, so that its cookie lands in the browser; the account's id. */
async function post(context: BrowserContext, path: string, data: object): Promise<string> {
  const answer = await context.request.post(path, { data });
  const text = await answer.text();
  if (!answer.ok()) throw new Error(`POST ${path} was answered with ${answer.status()}: ${text}`);
  return accountAnswerSchema.parse(JSON.parse(text)).user.id;
}

async function closeAll(contexts: BrowserContext[]): Promise<void> {
  for (const context of contexts) await context.close();
}

function watch(context: BrowserContext, problems: string[]): void {
  context.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (problem) => problems.push(String(problem.error().stack ?? problem.error())));
}
