import { expect, type Page } from "@playwright/test";
import { test } from "../src/fixtures.ts";
import { createGroup, floodConversation } from "../src/groups.ts";
import { conversationLink, messageList, messagesOf, openConversation } from "../src/verbs.ts";

const COUNT = 20_000;
const WHEEL_PX = 300;

/** One message from one painted frame to the next, measured from the bottom of the list; `to` is null when it left. */
interface Move {
  seq: number;
  from: number;
  to: number | null;
}

/** How each message moved, as the reader saw it. */
async function watchFrames(page: Page): Promise<() => Promise<Move[]>> {
  await messageList(page).evaluate((list) => {
    const moves: Move[] = [];
    let before = new Map<string, number>();
    const look = () => {
      const now = new Map<string, number>();
      const frame = list.getBoundingClientRect();
      for (const row of list.querySelectorAll("[data-message-id]")) {
        const { top, bottom } = row.getBoundingClientRect();
        if (bottom > frame.top && top < frame.bottom) now.set(row.getAttribute("data-seq") ?? "", frame.bottom - top);
      }
      for (const [seq, from] of before) {
        const to = now.get(seq) ?? null;
        if (from !== to) moves.push({ seq: Number(seq), from, to });
      }
      before = now;
      requestAnimationFrame(afterPaint);
    };
    // An animation frame begins before layout is final; a message to oneself arrives after the frame was painted.
    const painted = new MessageChannel();
    painted.port1.onmessage = look;
    const afterPaint = () => painted.port2.postMessage(null);
    requestAnimationFrame(afterPaint);
    Object.assign(window, { movesSeen: moves });
  });
  return () => page.evaluate(() => (window as Window & { movesSeen?: Move[] }).movesSeen ?? []);
}

/** Turns the wheel once and waits until the list stands still. */
async function wheelUp(page: Page): Promise<void> {
  await page.mouse.wheel(0, -WHEEL_PX);
  await messageList(page).evaluate(
    (list) =>
      new Promise<void>((resolve) => {
        let last = Number.NaN;
        let still = 0;
        const look = () => {
          const top = list.querySelector("[data-message-id]")?.getBoundingClientRect().top ?? 0;
          still = top === last ? still + 1 : 0;
          last = top;
          if (still >= 4) resolve();
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
}

test("Ben opens a conversation of 20,000 messages at its newest in under a second, and reads back without a jump", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const ben = await newPerson("Ben");
  const ada = await signInAsAdmin();
  const id = await createGroup(ada, `Archive of ${ben.name}`, [ben]);
  await floodConversation(ada, id, COUNT);
  const { page } = ben;
  await page.goto("/conversations");
  await conversationLink(page, `Archive of ${ben.name}`).waitFor();

  const startedAt = performance.now();
  await conversationLink(page, `Archive of ${ben.name}`).click();
  await messageList(page).locator(`[data-seq="${COUNT}"]`).waitFor();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  await expect(messageList(page).locator(`[data-seq="${COUNT}"]`)).toBeInViewport();

  const moves = await watchFrames(page);
  await messageList(page).hover();
  const lowestSeq = async () => Math.min(...(await messagesOf(page)).map(({ seq }) => seq));
  await expect(async () => {
    await wheelUp(page);
    expect(await lowestSeq()).toBeLessThan(COUNT - 250);
  }).toPass({ timeout: 45_000, intervals: [0] });

  const seen = await moves();
  expect(seen.length).toBeGreaterThan(0);
  // Scrolling up moves what is on the screen down, never by more than the wheel was turned, until it leaves below.
  const jumps = seen.filter(({ from, to }) =>
    to === null ? from > WHEEL_PX : to > from + 1 || to < from - WHEEL_PX - 1,
  );
  expect(jumps).toEqual([]);
  const seqs = (await messagesOf(page)).map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
});

test("Carol opens the address of a conversation of 20,000 messages in a fresh browser, and sees the newest at once", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const carol = await newPerson("Carol");
  const ada = await signInAsAdmin();
  const id = await createGroup(ada, `Vault of ${carol.name}`, [carol]);
  await floodConversation(ada, id, COUNT);

  await carol.page.goto(`/chat/${id}`, { waitUntil: "commit" });
  const answeredAt = performance.now();
  await messageList(carol.page).locator(`[data-seq="${COUNT}"]`).waitFor();
  const took = performance.now() - answeredAt;
  // Mostly the browser's work on the app itself, hence twice the time of a click.
  expect(took).toBeLessThan(2_000);
  await expect(messageList(carol.page).locator(`[data-seq="${COUNT}"]`)).toBeInViewport();
  await expect(messageList(carol.page).locator('[data-seq="1"]')).toHaveCount(0);
});

test("Ben reaches the very first message, and comes back to the newest", async ({ newPerson, signInAsAdmin }) => {
  const ben = await newPerson("Ben");
  const name = `Diary of ${ben.name}`;
  const ada = await signInAsAdmin();
  await floodConversation(ada, await createGroup(ada, name, [ben]), 300);
  await openConversation(ben.page, name);
  await messageList(ben.page).hover();
  await expect(async () => {
    await ben.page.mouse.wheel(0, -3_000);
    await expect(messageList(ben.page).locator('[data-seq="1"]')).toBeInViewport({ timeout: 50 });
  }).toPass({ timeout: 20_000, intervals: [0] });

  await ben.page.getByRole("button", { name: /newest/i }).click();
  await expect(messageList(ben.page).locator('[data-seq="300"]')).toBeInViewport();
});
