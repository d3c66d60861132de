import { expect, type Page } from "@playwright/test";
import { TALL, test } from "../src/fixtures.ts";
import { createGroup, floodConversation } from "../src/groups.ts";
import {
  areIn,
  isConnected,
  messageList,
  messagesOf,
  seesConfirmed,
  seesMessage,
  seeTheSame,
  sendMessage,
  textsOf,
  unreadBadge,
  writes,
} from "../src/verbs.ts";

const HOUR_MS = 3_600_000;
/** Within this time after waking everything is there. */
const AWAKE_MS = 10_000;
/** As much as the server tells a client change by change, in two answers, and more than that. */
const MANY = 900;
const TOO_MANY = 1_100;

test.use({ allowedErrors: /ERR_(?:CONNECTION_(?:REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)|WebSocket connection to/ });

/** The browser stops everything this page does, as it does with pages that nobody has looked at for long; or goes on. */
async function setFrozen(page: Page, isFrozen: boolean): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setWebLifecycleState", { state: isFrozen ? "frozen" : "active" });
}

// network is named first, so that it goes last: after the pages that would miss it.
test("Ben's laptop sleeps for an hour and wakes on another network, and he has everything within seconds", async ({
  network,
  newPerson,
}) => {
  const ben = await newPerson("Ben", { ...TALL, baseURL: network.url });
  const carol = await newPerson("Carol", TALL);
  await ben.page.clock.install();
  await areIn("General", ben, carol);
  await sendMessage(ben.page, `${ben.name} before`);
  await seesMessage(carol.page, `${ben.name} before`);
  // A list that ends too early fetches by itself, which would hide what catching up has missed: not answered here.
  await ben.page.route("**/messages?after=*", () => undefined);

  network.move();
  const written = await writes(carol, 30);
  expect(await textsOf(ben.page, carol.name)).toEqual([]);
  // The lid is opened: the clock has gone on, and no timer has come nearer to its end.
  await ben.page.clock.setSystemTime(Date.now() + HOUR_MS);

  await seesMessage(ben.page, `${carol.name} 30`, AWAKE_MS);
  expect(await textsOf(ben.page, carol.name)).toEqual(written);
  await sendMessage(ben.page, `${ben.name} is awake`);
  await seesMessage(carol.page, `${ben.name} is awake`, AWAKE_MS);
  await seeTheSame(ben.page, carol.page);
});

test("Ben's browser freezes the page, his network changes, and he has everything when he comes back to it", async ({
  network,
  newPerson,
}) => {
  const ben = await newPerson("Ben", { ...TALL, baseURL: network.url });
  const carol = await newPerson("Carol", TALL);
  await areIn("General", ben, carol);
  await ben.page.route("**/messages?after=*", () => undefined);

  await setFrozen(ben.page, true);
  const first = await writes(carol, 5);
  network.cut();
  const second = Array.from({ length: 5 }, (_, index) => `${carol.name} again ${index + 1}`);
  for (const text of second) await sendMessage(carol.page, text);
  await seesConfirmed(carol.page, `${carol.name} again 5`);
  await network.mend();
  await setFrozen(ben.page, false);

  await seesMessage(ben.page, `${carol.name} again 5`, AWAKE_MS);
  expect(await textsOf(ben.page, carol.name)).toEqual([...first, ...second]);
  await seeTheSame(ben.page, carol.page);
});

/** Where a message stands on the screen, from the top. */
async function topOf(page: Page, seq: number): Promise<number> {
  return messageList(page)
    .locator(`[data-seq="${seq}"]`)
    .evaluate((row) => row.getBoundingClientRect().top);
}

/** The messages that can be seen, from the top. */
async function seqsInView(page: Page): Promise<number[]> {
  return messageList(page).evaluate((list) => {
    const frame = list.getBoundingClientRect();
    return [...list.querySelectorAll("[data-seq]")]
      .map((row) => ({ seq: Number(row.getAttribute("data-seq")), ...row.getBoundingClientRect().toJSON() }))
      .filter(({ top, bottom }) => bottom > frame.top && top < frame.bottom)
      .sort((a, b) => a.top - b.top)
      .map(({ seq }) => seq);
  });
}

/** Turns the wheel by less than a screen, over the list, and waits until something moves. */
async function scrollsUp(page: Page): Promise<void> {
  const scrollTop = () => messageList(page).evaluate((list) => list.scrollTop);
  const before = await scrollTop();
  await page.mouse.wheel(0, -300);
  await expect.poll(scrollTop).not.toBe(before);
}

for (const [much, count] of [
  ["much was written", MANY],
  ["more was written than he can be told", TOO_MANY],
] as const) {
  test(`Ben was away while ${much}, and goes on with the newest`, async ({ network, newPerson, signInAsAdmin }) => {
    const [ada, ben] = [await signInAsAdmin(), await newPerson("Ben", { baseURL: network.url })];
    const group = await createGroup(ada, "Busy", [ben]);
    await floodConversation(ada, group, 80);
    await areIn("Busy", ben);
    await expect(messageList(ben.page).locator('[data-seq="80"]')).toBeVisible();

    network.cut();
    await floodConversation(ada, group, count);
    await network.mend();
    await isConnected(ben.page);

    await expect(messageList(ben.page).locator(`[data-seq="${80 + count}"]`)).toBeInViewport({ timeout: 10_000 });
    await expect(unreadBadge(ben.page, "Busy")).toHaveCount(0);
    // What lies between was not told and is there all the same, without a hole.
    const seen = new Set<number>();
    await messageList(ben.page).hover();
    while (seen.size < 150) {
      for (const { seq } of await messagesOf(ben.page)) seen.add(seq);
      await scrollsUp(ben.page);
    }
    const seqs = [...seen].sort((a, b) => a - b);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  });
}

test("Ben reads further up while more is written than he can be told, and his place does not move", async ({
  network,
  newPerson,
  signInAsAdmin,
}) => {
  const [ada, ben] = [await signInAsAdmin(), await newPerson("Ben", { baseURL: network.url })];
  const group = await createGroup(ada, "Library", [ben]);
  await floodConversation(ada, group, 150);
  await areIn("Library", ben);
  await messageList(ben.page).hover();
  while (!(await seqsInView(ben.page)).includes(80)) await scrollsUp(ben.page);
  await expect(messageList(ben.page).getByRole("status")).toHaveCount(0);
  const before = await seqsInView(ben.page);
  const place = before[1] ?? 0;
  const top = await topOf(ben.page, place);

  network.cut();
  await floodConversation(ada, group, TOO_MANY);
  const renewed = ben.page.waitForResponse((response) => response.url().includes("/messages?after="));
  await network.mend();
  await renewed;
  await expect(unreadBadge(ben.page, "Library")).toHaveText("99+");
  await expect(ben.page.getByRole("button", { name: `${TOO_MANY} new messages` })).toBeVisible();

  expect(await seqsInView(ben.page)).toEqual(before);
  expect(Math.abs((await topOf(ben.page, place)) - top)).toBeLessThanOrEqual(2);

  // Reading on, he comes to the end of what is loaded, and is not carried away by what is loaded then.
  const more = ben.page.waitForResponse((response) => response.url().includes("/messages?after="));
  await messageList(ben.page).evaluate((list) => list.scrollTo(0, list.scrollHeight));
  // The list draws what is there only after it has been scrolled.
  await expect.poll(() => seqsInView(ben.page)).not.toEqual([]);
  const lastHeld = Math.max(...(await seqsInView(ben.page)));
  await more;
  await expect(messageList(ben.page).locator(`[data-seq="${lastHeld + 1}"]`)).toHaveCount(1);
  expect(await seqsInView(ben.page)).toContain(lastHeld);

  await ben.page.getByRole("button", { name: /new messages$/ }).click();
  await expect(messageList(ben.page).locator(`[data-seq="${150 + TOO_MANY}"]`)).toBeInViewport();
  await expect(unreadBadge(ben.page, "Library")).toHaveCount(0);
});
