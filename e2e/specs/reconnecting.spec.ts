import { expect } from "@playwright/test";
import { TALL, test } from "../src/fixtures.ts";
import { createGroup } from "../src/groups.ts";
import {
  areIn,
  comesBack,
  goesOffline,
  isConnected,
  isDisconnected,
  messagesOf,
  newMessagesDivider,
  openConversation,
  seesConfirmed,
  seesMessage,
  seeTheSame,
  sendMessage,
  textsOf,
  unreadBadge,
} from "../src/verbs.ts";

test.use({ allowedErrors: /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_(?:REFUSED|RESET)|WebSocket connection to/ });

test("Ben is cut off while Carol writes 30 messages, and then has all 30, once, in order", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben", TALL), await newPerson("Carol", TALL)];
  for (const { page } of [ben, carol]) await openConversation(page, "General");
  await sendMessage(carol.page, `${carol.name} before`);
  await seesMessage(ben.page, `${carol.name} before`);

  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  const written = Array.from({ length: 30 }, (_, index) => `${carol.name} ${index + 1}`);
  for (const text of written) await sendMessage(carol.page, text);
  await seesConfirmed(carol.page, `${carol.name} 30`);
  expect(await textsOf(ben.page, carol.name)).toEqual([`${carol.name} before`]);

  await comesBack(ben.context);
  await seesMessage(ben.page, `${carol.name} 30`, 15_000);
  expect(await textsOf(ben.page, carol.name)).toEqual([`${carol.name} before`, ...written]);
  await seeTheSame(ben.page, carol.page);
});

test("Ben is cut off while Carol writes where he does not look; back, he asks for none of it until he opens it", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const [ada, ben, carol] = [await signInAsAdmin(), await newPerson("Ben", TALL), await newPerson("Carol", TALL)];
  const group = await createGroup(ada, "Aside", [ben, carol]);
  await areIn("Aside", ben, carol);
  await sendMessage(carol.page, `${carol.name} before`);
  await seesMessage(ben.page, `${carol.name} before`);
  await openConversation(ben.page, "General");

  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  const written = [1, 2, 3].map((n) => `${carol.name} ${n}`);
  for (const text of written) await sendMessage(carol.page, text);
  await seesConfirmed(carol.page, `${carol.name} 3`);
  const asked: string[] = [];
  ben.page.on("request", (request) => asked.push(request.url()));
  await comesBack(ben.context);
  await expect(unreadBadge(ben.page, "Aside")).toHaveText("3", { timeout: 15_000 });
  expect(asked.filter((url) => url.includes(group))).toEqual([]);

  await openConversation(ben.page, "Aside");
  await seesMessage(ben.page, `${carol.name} 3`);
  expect(await textsOf(ben.page, carol.name)).toEqual([`${carol.name} before`, ...written]);
  await expect(newMessagesDivider(ben.page)).toBeVisible();
  await seeTheSame(ben.page, carol.page);
});

test("Ben writes while he is cut off, and Carol sees it once after he is back", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben", TALL), await newPerson("Carol", TALL)];
  for (const { page } of [ben, carol]) await openConversation(page, "General");

  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  await sendMessage(ben.page, `${ben.name} from the tunnel`);
  await seesMessage(ben.page, `${ben.name} from the tunnel`);
  await sendMessage(carol.page, `${carol.name} meanwhile`);
  await seesConfirmed(carol.page, `${carol.name} meanwhile`);
  expect(await textsOf(carol.page, ben.name)).toEqual([]);

  await comesBack(ben.context);
  await seesMessage(carol.page, `${ben.name} from the tunnel`, 15_000);
  await seesMessage(ben.page, `${carol.name} meanwhile`, 15_000);
  await seesConfirmed(ben.page, `${ben.name} from the tunnel`);
  await seeTheSame(ben.page, carol.page);
});

test("Ben writes while he is cut off, reloads when he is back, and the message still goes out once", async ({
  newPerson,
}) => {
  const [ben, carol] = [await newPerson("Ben", TALL), await newPerson("Carol", TALL)];
  for (const { page } of [ben, carol]) await openConversation(page, "General");

  await goesOffline(ben.context);
  await isDisconnected(ben.page);
  await sendMessage(ben.page, `${ben.name} kept`);
  await seesMessage(ben.page, `${ben.name} kept`);
  await ben.page.evaluate(() => {
    // The page is gone before it can send: what goes out afterwards comes from the stored outbox.
    window.location.replace("about:blank");
  });
  await ben.page.waitForURL("about:blank");
  await comesBack(ben.context);
  await openConversation(ben.page, "General");

  await seesMessage(carol.page, `${ben.name} kept`, 15_000);
  await seesConfirmed(ben.page, `${ben.name} kept`);
  expect(await textsOf(ben.page, ben.name)).toEqual([`${ben.name} kept`]);
  expect(await textsOf(carol.page, ben.name)).toEqual([`${ben.name} kept`]);
});

for (const [ending, verb] of [
  ["is restarted", "stop"],
  ["is killed and comes back", "kill"],
] as const) {
  // ownServer is named first, so that it goes last: after the pages that would miss it.
  test(`Ben and Carol lose and double nothing when the server ${ending} in the middle, without a reload`, async ({
    ownServer,
    newPerson,
  }) => {
    const options = { ...TALL, server: ownServer };
    const [ben, carol] = [await newPerson("Ben", options), await newPerson("Carol", options)];
    for (const { page } of [ben, carol]) await openConversation(page, "General");
    const written: string[] = [];
    const benWrites = async (count: number) => {
      for (let n = 0; n < count; n += 1) {
        written.push(`Ben ${written.length + 1}`);
        await sendMessage(ben.page, written.at(-1) ?? "");
      }
    };

    await benWrites(5);
    const ended = ownServer[verb]();
    await benWrites(5);
    await ended;
    await isDisconnected(ben.page);
    await benWrites(5);
    await ownServer.restart();
    await benWrites(5);

    for (const { page } of [ben, carol]) {
      await isConnected(page);
      for (const text of written) await seesConfirmed(page, text);
    }
    expect(await textsOf(ben.page, "Ben ")).toEqual(written);
    expect(await textsOf(carol.page, "Ben ")).toEqual(written);
    await seeTheSame(carol.page, ben.page);
    const seqs = (await messagesOf(carol.page)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  });
}
