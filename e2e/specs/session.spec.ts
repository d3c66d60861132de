import { expect } from "@playwright/test";
import { test } from "../src/fixtures.ts";
import { conversationLink, isConnected, openAccountMenu, openConversation } from "../src/verbs.ts";

test("Ben signs out in one tab, and his other tabs go to the sign-in page by themselves", async ({ newPerson }) => {
  const ben = await newPerson("Ben");
  const [chat, list] = [await ben.context.newPage(), await ben.context.newPage()];
  await ben.page.goto("/conversations");
  await openConversation(chat, "General");
  await list.goto("/conversations");
  for (const tab of [ben.page, chat, list]) await isConnected(tab);

  await openAccountMenu(ben.page);
  await ben.page.getByRole("menuitem", { name: "Sign out" }).click();
  for (const tab of [ben.page, chat, list]) {
    await expect(tab.getByRole("button", { name: "Sign in" })).toBeVisible({ timeout: 2_000 });
    expect(new URL(tab.url()).pathname).toMatch(/\/login$/);
    await expect(conversationLink(tab, "General")).toHaveCount(0);
  }
});

test("Ben signs out, and Carol's browser and his own phone stay signed in", async ({ newPerson, newVisitor }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  const phone = await newVisitor();
  await phone.context.request.post("/login", { data: { username: ben.name, password: ben.password } });
  for (const page of [ben.page, carol.page, phone.page]) {
    await page.goto("/conversations");
    await isConnected(page);
  }
  await openAccountMenu(ben.page);
  await ben.page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(ben.page.getByRole("button", { name: "Sign in" })).toBeVisible();
  for (const page of [carol.page, phone.page]) {
    await openConversation(page, "General");
    await isConnected(page);
  }
});
