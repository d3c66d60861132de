import { expect } from "@playwright/test";
import { test } from "../src/fixtures.ts";
import {
  conversationLink,
  isConnected,
  leaveConversation,
  messageRow,
  newMessagesDivider,
  openConversation,
  seesMessage,
  sendMessage,
  unreadBadge,
} from "../src/verbs.ts";

test("Ben sees the number of new messages on both tabs, and both forget it when one of them reads", async ({
  newPerson,
}) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  await openConversation(carol.page, "General");
  await sendMessage(carol.page, `${carol.name} already read`);
  const [first, second] = [ben.page, await ben.context.newPage()];
  await second.goto("/conversations");
  await expect(unreadBadge(second, "General")).toBeVisible();
  await openConversation(first, "General");
  for (const tab of [first, second]) await expect(unreadBadge(tab, "General")).toHaveCount(0);
  await leaveConversation(first);

  for (const n of [1, 2, 3]) await sendMessage(carol.page, `${carol.name} ${n}`);
  for (const tab of [first, second]) await expect(unreadBadge(tab, "General")).toHaveText("3");
  await expect(unreadBadge(carol.page, "General")).toHaveCount(0);

  await openConversation(first, "General");
  await seesMessage(first, `${carol.name} 3`, 10_000);
  for (const tab of [first, second]) await expect(unreadBadge(tab, "General")).toHaveCount(0);

  await sendMessage(carol.page, `${carol.name} 4`);
  await seesMessage(first, `${carol.name} 4`);
  await expect(conversationLink(second, "General")).toContainText(`${carol.name} 4`);
  await expect(unreadBadge(second, "General")).toHaveCount(0);
});

test("Ben sees where the new messages begin, and the line stays while he reads on", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  for (const { page } of [ben, carol]) await openConversation(page, "General");
  await sendMessage(carol.page, `${carol.name} old`);
  await seesMessage(ben.page, `${carol.name} old`);
  await expect(newMessagesDivider(ben.page)).toHaveCount(0);

  await leaveConversation(ben.page);
  await sendMessage(carol.page, `${carol.name} new`);
  await expect(unreadBadge(ben.page, "General")).toHaveText("1");
  await openConversation(ben.page, "General");
  await seesMessage(ben.page, `${carol.name} new`, 10_000);
  await expect(newMessagesDivider(ben.page)).toBeVisible();
  const marks = [
    messageRow(ben.page, `${carol.name} old`),
    newMessagesDivider(ben.page),
    messageRow(ben.page, `${carol.name} new`).locator("[data-message-content]"),
  ];
  const tops = await Promise.all(marks.map(async (mark) => (await mark.boundingBox())?.y ?? Number.NaN));
  expect(tops.every(Number.isFinite)).toBe(true);
  expect(tops).toEqual(tops.toSorted((a, b) => a - b));

  await sendMessage(carol.page, `${carol.name} newer`);
  await seesMessage(ben.page, `${carol.name} newer`);
  await expect(newMessagesDivider(ben.page)).toHaveCount(1);
  await expect(unreadBadge(ben.page, "General")).toHaveCount(0);
});

test("Ben leaves the page the moment he has read a message, and finds it read", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  for (const { page } of [ben, carol]) {
    await openConversation(page, "General");
    await isConnected(page);
  }
  const chat = ben.page.url();
  for (const n of [1, 2, 3]) {
    await sendMessage(carol.page, `${carol.name} ${n}`);
    await messageRow(ben.page, `${carol.name} ${n}`).waitFor();
    await ben.page.goto("/conversations");
    await expect(conversationLink(ben.page, "General")).toContainText(`${carol.name} ${n}`);
    await expect(unreadBadge(ben.page, "General")).toHaveCount(0);
    await ben.page.goto(chat);
    await isConnected(ben.page);
    await messageRow(ben.page, `${carol.name} ${n}`).waitFor();
  }

  await sendMessage(carol.page, `${carol.name} 4`);
  await messageRow(ben.page, `${carol.name} 4`).waitFor();
  await ben.page.reload();
  await seesMessage(ben.page, `${carol.name} 4`, 10_000);
  await isConnected(ben.page);
  await expect(newMessagesDivider(ben.page)).toHaveCount(0);
});
