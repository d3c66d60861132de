import { expect, type Page } from "@playwright/test";
import { type Person, test } from "../src/fixtures.ts";
import { createGroup, idOfGeneral } from "../src/groups.ts";
import {
  composer,
  conversationLink,
  isConnected,
  openConversation,
  seesMessage,
  sendMessage,
  typingLine,
} from "../src/verbs.ts";

/** A person who is gone stays online for a moment, in case it was only a reload. */
const LEAVING_MS = 8_000;

function memberRow(page: Page, { name }: Person) {
  return page.getByRole("list", { name: "Members" }).getByRole("listitem").filter({ hasText: name });
}

async function seesOnline(page: Page, person: Person, within = 1_000): Promise<void> {
  await expect(memberRow(page, person)).toContainText("Online", { timeout: within });
  await expect(memberRow(page, person).locator("[data-online]")).toBeVisible();
}

async function seesOffline(page: Page, person: Person, within = 1_000): Promise<void> {
  await expect(memberRow(page, person)).toContainText("Offline", { timeout: within });
  await expect(memberRow(page, person).locator("[data-online]")).toHaveCount(0);
}

/** Everything the server says to this page from now on. */
function framesTo(page: Page): string[] {
  const frames: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => frames.push(String(payload))));
  return frames;
}

test("Ada and Ben see Carol come online when she opens Confab and go when she closes her browser", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const [ada, ben, carol] = [await signInAsAdmin(), await newPerson("Ben"), await newPerson("Carol")];
  const name = `Doorway of ${ben.name}`;
  await createGroup(ada, name, [ben, carol]);
  for (const { page } of [ada, ben]) {
    await openConversation(page, name);
    await page.getByRole("button", { name: "Details", exact: true }).click();
    await seesOffline(page, carol, 5_000);
    await isConnected(page);
  }

  await carol.page.goto("/conversations");
  await isConnected(carol.page);
  for (const { page } of [ada, ben]) {
    await seesOnline(page, carol);
    await expect(page.getByText("3 members, 3 online")).toBeVisible();
  }

  await carol.context.close();
  for (const { page } of [ada, ben]) {
    await seesOffline(page, carol, LEAVING_MS);
    await expect(page.getByText("3 members, 2 online")).toBeVisible();
  }
});

test("Ben sees at Carol's name in his list and over their conversation whether she is there", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  await ben.context.request.post("/api/v1/conversations", { data: { kind: "direct", user_id: carol.id } });
  await openConversation(ben.page, carol.name);
  const header = ben.page.locator("main header");
  await expect(header.getByText("Offline", { exact: true })).toBeVisible();
  await expect(conversationLink(ben.page, carol.name).locator("[data-online]")).toHaveCount(0);

  await carol.page.goto("/conversations");
  await isConnected(carol.page);
  await expect(header.getByText("Online", { exact: true })).toBeVisible({ timeout: 1_000 });
  await expect(conversationLink(ben.page, carol.name).locator("[data-online]")).toBeVisible();

  await carol.context.close();
  await expect(header.getByText("Offline", { exact: true })).toBeVisible({ timeout: LEAVING_MS });
  await expect(conversationLink(ben.page, carol.name).locator("[data-online]")).toHaveCount(0);
});

test("Ben sees Carol typing until she sends; Mallory, who is not in the group, sees and hears nothing of it", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const [ada, ben, carol] = [await signInAsAdmin(), await newPerson("Ben"), await newPerson("Carol")];
  const mallory = await newPerson("Mallory");
  const name = `Whispers of ${ben.name}`;
  const group = await createGroup(ada, name, [ben, carol]);
  const heard = framesTo(mallory.page);
  await openConversation(mallory.page, "General");
  for (const { page } of [ben, carol]) await openConversation(page, name);
  for (const { page } of [ben, carol, mallory]) await isConnected(page);

  await composer(carol.page).pressSequentially("I was thinking");
  await expect(typingLine(ben.page)).toHaveText(`${carol.name} is typing…`, { timeout: 1_000 });
  await expect(typingLine(carol.page)).toHaveCount(0);
  await expect(typingLine(mallory.page)).toHaveCount(0);
  await sendMessage(carol.page, `${carol.name} is done`);
  await seesMessage(ben.page, `${carol.name} is done`);
  await expect(typingLine(ben.page)).toHaveCount(0, { timeout: 1_000 });

  // In General she does hear Carol, later than anything that was said in the group: none of it is on its way to her.
  const general = await idOfGeneral(carol);
  await openConversation(carol.page, "General");
  await composer(carol.page).pressSequentially("And");
  await expect(typingLine(mallory.page)).toHaveText(`${carol.name} is typing…`, { timeout: 1_000 });
  expect(heard.filter((frame) => frame.includes("typing.started") && frame.includes(general))).not.toEqual([]);
  expect(heard.filter((frame) => frame.includes(group))).toEqual([]);
  await expect(conversationLink(mallory.page, name)).toHaveCount(0);
});
