import { expect, type Page } from "@playwright/test";
import { TALL, test } from "../src/fixtures.ts";
import {
  areIn,
  isConnected,
  isDisconnected,
  leaveConversation,
  openConversation,
  saysReconnecting,
  seesConfirmed,
  seesMessage,
  seeTheSame,
  sendMessage,
  signIn,
  textsOf,
  unreadBadge,
  writes,
} from "../src/verbs.ts";

/** Longer than the client waits for a message to be confirmed before it sends it by another way too. */
const UNTIL_SENT_AGAIN_MS = 11_000;
/** Longer than the client waits between two signs of life, and longer than it waits for an answer to one. */
const UNTIL_PING_MS = 26_000;
const UNTIL_LOST_MS = 11_000;

test.use({ allowedErrors: /ERR_(?:CONNECTION_(?:REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)|WebSocket connection to/ });

function loadsOf(page: Page): string[] {
  const loads: string[] = [];
  page.on("load", () => loads.push(page.url()));
  return loads;
}

// network is named first, so that it goes last: after the pages that would miss it.
test("Ben's network breaks while Carol writes 30 messages, and when it works again he has all 30, once, in order", async ({
  network,
  newPerson,
}) => {
  const ben = await newPerson("Ben", { ...TALL, baseURL: network.url });
  const carol = await newPerson("Carol", TALL);
  await areIn("General", ben, carol);
  await sendMessage(carol.page, `${carol.name} before`);
  await seesMessage(ben.page, `${carol.name} before`);
  const loads = loadsOf(ben.page);
  // A list that ends too early fetches by itself, which would hide what catching up has missed: not answered here.
  await ben.page.route("**/messages?after=*", () => undefined);

  network.cut();
  await isDisconnected(ben.page);
  const written = await writes(carol, 30);
  await saysReconnecting(ben.page);
  expect(await textsOf(ben.page, carol.name)).toEqual([`${carol.name} before`]);

  await network.mend();
  await seesMessage(ben.page, `${carol.name} 30`, 30_000);
  await isConnected(ben.page);
  await expect(ben.page.getByText("Reconnecting…")).toHaveCount(0);
  expect(await textsOf(ben.page, carol.name)).toEqual([`${carol.name} before`, ...written]);
  await seeTheSame(ben.page, carol.page);
  expect(loads).toEqual([]);
});

test("Ben's network falls silent while he and Carol write, and afterwards both see everything once, in one order", async ({
  network,
  newPerson,
}) => {
  const ben = await newPerson("Ben", { ...TALL, baseURL: network.url });
  const carol = await newPerson("Carol", TALL);
  // Only the page's timers are moved on by hand; the network keeps its own time.
  await ben.page.clock.install();
  await areIn("General", ben, carol);

  network.stall();
  const written = await writes(carol, 10);
  await sendMessage(ben.page, `${ben.name} from the lift`);
  await seesMessage(ben.page, `${ben.name} from the lift`);
  const sentAgain = ben.page.waitForRequest((request) => request.method() === "POST");
  await ben.page.clock.fastForward(UNTIL_SENT_AGAIN_MS);
  await sentAgain;
  // Nobody has told Ben's page anything, neither news nor that there is none.
  await isConnected(ben.page);
  expect(await textsOf(ben.page, carol.name)).toEqual([]);
  expect(await textsOf(carol.page, ben.name)).toEqual([]);

  await network.mend();
  await seesMessage(carol.page, `${ben.name} from the lift`, 5_000);
  await seesConfirmed(ben.page, `${ben.name} from the lift`);
  await seesMessage(ben.page, `${carol.name} 10`, 5_000);
  expect(await textsOf(ben.page, carol.name)).toEqual(written);
  await seeTheSame(ben.page, carol.page);
});

test("Ben moves to another network without a word, and his page notices by itself that its connection is dead", async ({
  network,
  newPerson,
}) => {
  const ben = await newPerson("Ben", { ...TALL, baseURL: network.url });
  const carol = await newPerson("Carol", TALL);
  await ben.page.clock.install();
  await areIn("General", ben, carol);
  const loads = loadsOf(ben.page);

  network.move();
  const written = await writes(carol, 10);
  await sendMessage(ben.page, `${ben.name} from the train`);
  await seesMessage(ben.page, `${ben.name} from the train`);
  expect(await textsOf(ben.page, carol.name)).toEqual([]);
  expect(await textsOf(carol.page, ben.name)).toEqual([]);

  await ben.page.clock.fastForward(UNTIL_PING_MS);
  await isConnected(ben.page);
  await ben.page.clock.fastForward(UNTIL_LOST_MS);
  await seesMessage(carol.page, `${ben.name} from the train`, 10_000);
  await seesConfirmed(ben.page, `${ben.name} from the train`);
  await seesMessage(ben.page, `${carol.name} 10`, 10_000);
  expect(await textsOf(ben.page, carol.name)).toEqual(written);
  await seeTheSame(ben.page, carol.page);
  expect(loads).toEqual([]);
});

test("Ben reads a message while he is cut off, and it stays read when he is back, here and on his phone", async ({
  network,
  newPerson,
  newVisitor,
}) => {
  const ben = await newPerson("Ben", { baseURL: network.url });
  const carol = await newPerson("Carol");
  const { page: phone } = await newVisitor();
  await signIn(phone, ben.name, ben.password);
  await areIn("General", ben, carol);
  await leaveConversation(ben.page);
  await sendMessage(carol.page, `${carol.name} 1`);
  for (const page of [ben.page, phone]) await expect(unreadBadge(page, "General")).toHaveText("1");

  network.cut();
  await isDisconnected(ben.page);
  await openConversation(ben.page, "General");
  await seesMessage(ben.page, `${carol.name} 1`);
  await expect(unreadBadge(ben.page, "General")).toHaveCount(0);
  await leaveConversation(ben.page);
  for (const n of [2, 3]) await sendMessage(carol.page, `${carol.name} ${n}`);
  await expect(unreadBadge(phone, "General")).toHaveText("3");
  await saysReconnecting(ben.page);

  await network.mend();
  await ben.page.getByRole("button", { name: "Try now" }).click();
  await isConnected(ben.page);
  for (const page of [ben.page, phone]) await expect(unreadBadge(page, "General")).toHaveText("2");
  await openConversation(ben.page, "General");
  await seesMessage(ben.page, `${carol.name} 3`, 10_000);
  for (const page of [ben.page, phone]) await expect(unreadBadge(page, "General")).toHaveCount(0);
});
