import { expect, type Page } from "@playwright/test";
import { test as base } from "../src/fixtures.ts";
import { type Server, startServer, WITHOUT_ADMIN } from "../src/server.ts";
import { composer, conversationLink, isConnected, openAccountMenu, seesConfirmed, sendMessage } from "../src/verbs.ts";

/** A server nobody has signed in to, and what its operator finds in its log. */
const test = base.extend<{ newServer: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  newServer: async ({}, use) => {
    const server = await startServer({ env: WITHOUT_ADMIN });
    await use(server);
    await server.dispose();
  },
});

const ADA = { username: "Ada", email: "ada@example.org", password: "ada-keeps-order" };

function setupLinkOf({ log, url }: Server): string {
  const link = /http:\S+\/setup#\S+/.exec(log)?.[0] ?? "";
  expect(link, "the set-up link in the server's log").toContain(`${url}/setup#`);
  return link;
}

async function fillAccount(page: Page, account: typeof ADA): Promise<void> {
  await page.getByLabel("Username", { exact: true }).fill(account.username);
  await page.getByLabel("E-mail", { exact: true }).fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
}

async function becomesAdministrator(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await fillAccount(page, ADA);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/chat/*");
}

// The refusal that Mallory gets, and the restart of the server under Ada's open page.
test.use({ allowedErrors: /status of (?:403|409)|ERR_CONNECTION_(?:REFUSED|RESET)|WebSocket connection to/ });

test("Ada becomes the administrator by the printed link and lands in General; Mallory, who has the link too, does not", async ({
  newServer,
  newVisitor,
}) => {
  const link = setupLinkOf(newServer);
  const [ada, mallory] = [await newVisitor({ server: newServer }), await newVisitor({ server: newServer })];
  await mallory.page.goto(link);
  await fillAccount(mallory.page, { username: "Mallory", email: "mallory@example.org", password: "mallory was here" });

  await becomesAdministrator(ada.page, link);
  await expect(ada.page.getByRole("heading", { level: 1, name: "General" })).toBeVisible();
  await isConnected(ada.page);
  await sendMessage(ada.page, "The first word");
  await seesConfirmed(ada.page, "The first word");
  await openAccountMenu(ada.page);
  await expect(ada.page.getByRole("menu")).toContainText("Administrator");
  expect((await ada.page.goto("/users"))?.status()).toBe(200);

  await mallory.page.getByRole("button", { name: "Create account" }).click();
  await expect(mallory.page.getByRole("alert")).toBeVisible();
  expect(new URL(mallory.page.url()).pathname).toBe("/setup");
  await mallory.page.goto("about:blank");
  await mallory.page.goto(link);
  await expect(mallory.page.getByText("This server is set up already.")).toBeVisible();
  await expect(mallory.page.getByLabel("Username", { exact: true })).toHaveCount(0);
  expect((await mallory.page.goto("/users"))?.url()).toContain("/login");

  await newServer.restart();
  expect(newServer.log.match(/\/setup#/g)).toHaveLength(1);
});

test("Ada makes a group of the people she ticks; Ben sees it at once, Carol does not", async ({
  newServer,
  newVisitor,
  newPerson,
}) => {
  const { page: ada } = await newVisitor({ server: newServer });
  await becomesAdministrator(ada, setupLinkOf(newServer));
  const options = { server: newServer };
  const [ben, carol] = [await newPerson("Ben", options), await newPerson("Carol", options)];
  for (const { page } of [ben, carol]) {
    await page.goto("/conversations");
    await isConnected(page);
  }

  await ada.goto("/groups/create");
  await ada.getByLabel("Name", { exact: true }).fill("Harbour");
  await ada.getByRole("checkbox", { name: carol.name }).check();
  await ada.getByRole("checkbox", { name: carol.name }).uncheck();
  await ada.getByLabel("Search people").fill(ben.name);
  await expect(ada.getByRole("checkbox")).toHaveCount(1);
  await ada.getByRole("checkbox", { name: ben.name }).check();
  await ada.getByRole("button", { name: "Create group" }).click();
  await ada.waitForURL("**/chat/*");
  await expect(ada.getByRole("heading", { level: 1, name: "Harbour" })).toBeVisible();
  await expect(conversationLink(ben.page, "Harbour")).toBeVisible({ timeout: 1_000 });

  await sendMessage(ada, "Welcome aboard");
  await conversationLink(ben.page, "Harbour").click();
  await seesConfirmed(ben.page, "Welcome aboard");
  await expect(composer(ben.page)).toBeEnabled();
  await carol.page.reload();
  await expect(conversationLink(carol.page, "General")).toBeVisible();
  await expect(conversationLink(carol.page, "Harbour")).toHaveCount(0);
});
