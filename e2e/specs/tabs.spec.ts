import { expect, type Page } from "@playwright/test";
import { type Person, TALL, test } from "../src/fixtures.ts";
import { createGroup } from "../src/groups.ts";
import {
  comesBack,
  goesOffline,
  isConnected,
  isDisconnected,
  messageRow,
  openConversation,
  seesConfirmed,
  seesMessage,
  seeTheSame,
  sendMessage,
  textsOf,
} from "../src/verbs.ts";

/** What a closed tab leaves behind is taken over within five seconds, and sent. */
const TAKEN_OVER_MS = 15_000;

test.use({
  allowedErrors:
    /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_(?:REFUSED|RESET)|WebSocket connection to|status of (?:401|409)/,
});

async function opensTab({ context }: Person, name: string): Promise<Page> {
  const tab = await context.newPage();
  await openConversation(tab, name);
  return tab;
}

/** How often this tab hands the message to the server from now on, by whichever way. */
function sendsOf(tab: Page, text: string): () => number {
  let count = 0;
  tab.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes(`"${text}"`)) count += 1;
    }),
  );
  tab.on("requestfinished", (request) => {
    if (request.postData()?.includes(`"${text}"`)) count += 1;
  });
  return () => count;
}

test("Ben writes in a tunnel and closes the tab, and his other tab sends the message when he is out", async ({
  newPerson,
}) => {
  const [ben, carol] = [await newPerson("Ben", TALL), await newPerson("Carol", TALL)];
  for (const { page } of [ben, carol]) await openConversation(page, "General");
  const other = await opensTab(ben, "General");

  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  await sendMessage(ben.page, `${ben.name} from the tunnel`);
  await ben.page.close();
  await seesMessage(other, `${ben.name} from the tunnel`, 5_000);
  await comesBack(ben.context);

  await seesMessage(carol.page, `${ben.name} from the tunnel`, TAKEN_OVER_MS);
  await seesConfirmed(other, `${ben.name} from the tunnel`);
  for (const page of [other, carol.page])
    expect(await textsOf(page, ben.name)).toEqual([`${ben.name} from the tunnel`]);
});

test("Ben closes his only tab the moment he has pressed Enter in a tunnel, and finds the message sent when he comes again", async ({
  newPerson,
}) => {
  const [ben, carol] = [await newPerson("Ben", TALL), await newPerson("Carol", TALL)];
  for (const { page } of [ben, carol]) await openConversation(page, "General");

  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  await sendMessage(ben.page, `${ben.name} in a hurry`);
  await ben.page.close();
  await comesBack(ben.context);
  const later = await opensTab(ben, "General");

  await seesMessage(carol.page, `${ben.name} in a hurry`, TAKEN_OVER_MS);
  await seesConfirmed(later, `${ben.name} in a hurry`);
  for (const page of [later, carol.page]) expect(await textsOf(page, ben.name)).toEqual([`${ben.name} in a hurry`]);
});

for (const [where, hasLocks] of [
  ["", true],
  [", also where the browser gives tabs no turns", false],
] as const) {
  test(`Ben writes in two tabs in a tunnel, and each message goes out once and in order${where}`, async ({
    newPerson,
  }) => {
    const [ben, carol] = [await newPerson("Ben", TALL), await newPerson("Carol", TALL)];
    // As it is over plain HTTP.
    if (!hasLocks)
      await ben.context.addInitScript(() => {
        Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
      });
    await openConversation(carol.page, "General");
    const tabs = [await opensTab(ben, "General"), await opensTab(ben, "General")];

    await goesOffline(ben.context);
    for (const tab of tabs) await isDisconnected(tab);
    const written = Array.from({ length: 6 }, (_, index) => `${ben.name} ${index + 1}`);
    for (const [index, text] of written.entries()) await sendMessage(tabs[index % 2] ?? ben.page, text);
    for (const tab of tabs) await seesMessage(tab, written.at(-1) ?? "", 5_000);
    await comesBack(ben.context);

    for (const tab of tabs) {
      await isConnected(tab);
      for (const text of written) await seesConfirmed(tab, text);
      expect(await textsOf(tab, ben.name)).toEqual(written);
    }
    await seesMessage(carol.page, written.at(-1) ?? "", 5_000);
    expect(await textsOf(carol.page, ben.name)).toEqual(written);
    for (const tab of tabs) await seeTheSame(tab, carol.page);
  });
}

test("Ben's tab is sending when he opens another, which leaves the message to the first", async ({ newPerson }) => {
  const ben = await newPerson("Ben", TALL);
  const text = `${ben.name} twice?`;
  await openConversation(ben.page, "General");
  await isConnected(ben.page);
  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  await sendMessage(ben.page, text);
  const other = await ben.context.newPage();
  const sends = [sendsOf(ben.page, text), sendsOf(other, text)];
  // The answer to the first tab's request is kept back until the second has had time to send as well.
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    ben.page.route("**/messages", async (route) => {
      const response = await route.fetch();
      resolve();
      await new Promise<void>((go) => (answer = go));
      await route.fulfill({ response });
    });
  });
  await ben.page.routeWebSocket(/\/ws$/, () => undefined);
  await comesBack(ben.context);
  await held;
  await openConversation(other, "General");
  await isConnected(other);
  await seesConfirmed(other, text);
  answer();
  await seesConfirmed(ben.page, text);
  expect(sends.map((count) => count())).toEqual([1, 0]);
});

test("Ben sees in both tabs that a message was refused, and in both that he has discarded it", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const [ada, ben] = [await signInAsAdmin(), await newPerson("Ben", TALL)];
  const group = await createGroup(ada, "Closing down", [ben]);
  await openConversation(ben.page, "Closing down");
  const other = await opensTab(ben, "Closing down");

  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  await sendMessage(ben.page, "too late");
  const archived = await ada.context.request.post(`/api/v1/conversations/${group}/archive`, { data: {} });
  expect(archived.ok()).toBe(true);
  await comesBack(ben.context);
  for (const tab of [ben.page, other]) await expect(messageRow(tab, "too late")).toContainText("Not sent");

  await messageRow(other, "too late").getByRole("button", { name: "Discard" }).click();
  for (const tab of [ben.page, other]) await expect(messageRow(tab, "too late")).toHaveCount(0);
});
