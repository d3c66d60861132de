import { expect, type Locator, type Page } from "@playwright/test";
import { type Person, test } from "../src/fixtures.ts";
import { createGroup } from "../src/groups.ts";
import {
  composer,
  conversationLink,
  isConnected,
  isInside,
  openConversation,
  seesConfirmed,
  seesMessage,
  sendMessage,
} from "../src/verbs.ts";

let groups = 0;

/** Ada's group of these people, new for each test. */
async function makeHarbour(ada: Person, members: Person[]) {
  groups += 1;
  const name = `Jetty ${String(groups).padStart(3, "0")}`;
  return { id: await createGroup(ada, name, members), name };
}

async function openDetails(page: Page, id: string): Promise<void> {
  await page.goto(`/conversations/${id}`);
  await expect(members(page).getByRole("listitem").first()).toBeVisible();
}

function members(page: Page): Locator {
  return page.getByRole("list", { name: "Members" });
}

function memberRow(page: Page, person: Person): Locator {
  return members(page).getByRole("listitem").filter({ hasText: person.name });
}

/** Chooses an act from a member's menu and agrees to it. */
async function doWithMember(page: Page, person: Person, act: string, confirm: string): Promise<void> {
  await page.getByRole("button", { name: `Manage ${person.name}` }).click();
  await page.getByRole("menuitem", { name: act }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: confirm }).click();
  await expect(dialog).toHaveCount(0);
}

async function isToldGone(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("You are not in this conversation any more, or it was deleted.")).toBeVisible();
  await expect(conversationLink(page, name)).toHaveCount(0);
}

const archivedLine = (page: Page) => page.getByText("This group is archived. It can be read");

// Whoever is removed asks once more for what is out of reach.
test.use({ allowedErrors: /status of (?:403|404|409)/ });

test("Ada renames the group and Ben sees it at once; Carol sees it when she is added, and is told when she is removed", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const [ada, ben, carol] = [await signInAsAdmin(), await newPerson("Ben"), await newPerson("Carol")];
  const { id, name } = await makeHarbour(ada, [ben]);
  await openConversation(ben.page, name);
  await carol.page.goto("/conversations");
  await isConnected(carol.page);

  await openDetails(ada.page, id);
  await ada.page.getByRole("button", { name: "Edit" }).click();
  const dialog = ada.page.getByRole("dialog", { name: "Name and description" });
  await dialog.getByLabel("Name", { exact: true }).fill(`${name} and pier`);
  await dialog.getByLabel("Description").fill("Ropes and planks.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(ada.page.getByRole("heading", { level: 1, name: `${name} and pier` })).toBeVisible();
  await expect(ben.page.getByRole("heading", { level: 1, name: `${name} and pier` })).toBeVisible({ timeout: 1_000 });
  await expect(ben.page.getByRole("main")).toContainText("Ropes and planks.");

  await ada.page.getByRole("button", { name: "Add people" }).click();
  await expect(ada.page.getByRole("checkbox", { name: ben.name })).toBeDisabled();
  await ada.page.getByLabel("Search people").fill(carol.name);
  await ada.page.getByRole("checkbox", { name: carol.name }).check();
  await ada.page.getByRole("button", { name: "Add 1 person" }).click();
  await expect(memberRow(ada.page, carol)).toBeVisible();
  await expect(conversationLink(carol.page, `${name} and pier`)).toBeVisible({ timeout: 1_000 });

  await openConversation(carol.page, `${name} and pier`);
  await sendMessage(carol.page, "Here I am");
  await seesMessage(ben.page, "Here I am");
  await composer(carol.page).fill("half a thought");
  await doWithMember(ada.page, carol, "Remove from the group", "Remove");
  await isToldGone(carol.page, `${name} and pier`);
  await expect(memberRow(ada.page, carol)).toHaveCount(0);
  await expect.poll(() => carol.page.evaluate(() => JSON.stringify(localStorage))).not.toContain("half a thought");
  await carol.page.getByRole("link", { name: "Go to your conversations" }).click();
  await isInside(carol.page);
});

test("Ben, made owner by the keyboard alone, manages the group; Ada hands it over and leaves, and he sees her look in", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const [ada, ben, carol] = [await signInAsAdmin(), await newPerson("Ben"), await newPerson("Carol")];
  const { id, name } = await makeHarbour(ada, [ben, carol]);
  await openDetails(ben.page, id);
  await expect(ben.page.getByRole("button", { name: /^Manage / })).toHaveCount(0);
  await expect(ben.page.getByRole("button", { name: /Edit|Add people|Invite by link|Archive|Delete/ })).toHaveCount(0);

  await openDetails(ada.page, id);
  await ada.page.getByRole("button", { name: `Manage ${ben.name}` }).focus();
  await ada.page.keyboard.press("Enter");
  await expect(ada.page.getByRole("menu")).toBeVisible();
  await ada.page.keyboard.press("ArrowDown");
  await expect(ada.page.getByRole("menuitem", { name: "Make owner" })).toBeFocused();
  await ada.page.keyboard.press("ArrowDown");
  await expect(ada.page.getByRole("menuitem", { name: "Hand the group over" })).toBeFocused();
  await ada.page.keyboard.press("Home");
  await ada.page.keyboard.press("Enter");
  const dialog = ada.page.getByRole("dialog", { name: `Make ${ben.name} an owner?` });
  await expect(dialog).toBeVisible();
  await ada.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(ada.page.getByRole("button", { name: `Manage ${ben.name}` })).toBeFocused();
  await doWithMember(ada.page, ben, "Make owner", "Make owner");
  await expect(memberRow(ada.page, ben).getByText("Owner", { exact: true })).toBeVisible();

  await expect(ben.page.getByRole("button", { name: "Edit" })).toBeVisible({ timeout: 1_000 });
  await expect(ben.page.getByRole("button", { name: `Manage ${ada.name}` })).toHaveCount(0);
  await doWithMember(ben.page, carol, "Remove from the group", "Remove");
  await expect(memberRow(ada.page, carol)).toHaveCount(0, { timeout: 1_000 });

  await ada.page.getByRole("button", { name: "Leave group" }).click();
  const leave = ada.page.getByRole("dialog", { name: `Leave ${name}?` });
  await expect(leave.getByRole("button", { name: "Hand over and leave" })).toBeDisabled();
  await leave.getByRole("radio", { name: ben.name }).check();
  await leave.getByRole("button", { name: "Hand over and leave" }).click();
  await ada.page.waitForURL("**/conversations");
  await expect(conversationLink(ada.page, name)).toHaveCount(0);
  await expect(memberRow(ben.page, ben).getByText("Main owner")).toBeVisible({ timeout: 1_000 });
  await expect(ben.page.getByRole("button", { name: "Delete group" })).toBeVisible();

  await ada.page.goto(`/chat/${id}`);
  await expect(ada.page.getByText("You are looking in from outside.")).toBeVisible();
  await ben.page.reload();
  await expect(ben.page.getByRole("list", { name: "Visits" })).toContainText(ada.name);
});

test("Ada archives the group and Ben's composer makes way at once, until she restores it; typing its name deletes it under his eyes", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const [ada, ben] = [await signInAsAdmin(), await newPerson("Ben")];
  const { id, name } = await makeHarbour(ada, [ben]);
  await openConversation(ben.page, name);
  await sendMessage(ben.page, "Before");
  await seesConfirmed(ben.page, "Before");

  await ada.page.goto("/groups");
  await ada.page.getByLabel("Search groups").fill(name);
  await ada.page.getByRole("button", { name: `More about ${name}` }).click();
  await ada.page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(ada.page.getByText("Nothing found")).toBeVisible();
  await expect(archivedLine(ben.page)).toBeVisible({ timeout: 1_000 });
  await expect(composer(ben.page)).toHaveCount(0);
  await expect(ben.page.getByRole("button", { name: "Restore" })).toHaveCount(0);
  await expect(ben.page.getByRole("navigation", { name: "Conversations" }).getByText("Archived")).toBeVisible();
  await seesMessage(ben.page, "Before");

  await ada.page.goto(`/chat/${id}`);
  await expect(archivedLine(ada.page)).toBeVisible();
  await ada.page.getByRole("button", { name: "Restore" }).click();
  await expect(composer(ada.page)).toBeEnabled();
  await expect(composer(ben.page)).toBeEnabled({ timeout: 1_000 });
  await sendMessage(ben.page, "After");
  await seesMessage(ada.page, "After");

  await openDetails(ada.page, id);
  await ada.page.getByRole("button", { name: "Delete group" }).click();
  const dialog = ada.page.getByRole("dialog", { name: `Delete ${name}?` });
  const confirm = dialog.getByRole("button", { name: "Delete group" });
  await dialog.getByRole("textbox").fill(name.slice(0, -1));
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill(name);
  await confirm.click();
  await ada.page.waitForURL("**/conversations");
  await isToldGone(ben.page, name);
});

test("Ada keeps those she has chosen in view while she searches on, lets one go, and makes the group of the rest", async ({
  signInAsAdmin,
  newPerson,
  newGuest,
}) => {
  const ada = await signInAsAdmin();
  const [ben, carol, mallory] = [await newPerson("Ben"), await newGuest("Carol"), await newPerson("Mallory")];
  const { page } = ada;
  const chosen = page.getByRole("list", { name: "Chosen people" });
  await page.goto("/groups/create");
  await page.getByLabel("Name", { exact: true }).fill("Lighthouse");
  for (const person of [ben, mallory, carol]) {
    await page.getByLabel("Search people").fill(person.name);
    await expect(page.getByRole("checkbox")).toHaveCount(1);
    await page.getByRole("checkbox", { name: person.name }).check();
  }
  await expect(chosen.getByRole("listitem")).toHaveText([ben, mallory, carol].map((person) => new RegExp(person.name)));
  await page.getByRole("button", { name: `Remove ${mallory.name}` }).click();
  await expect(page.getByLabel("Search people")).toBeFocused();
  await expect(chosen.getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Create group" }).click();
  await page.waitForURL("**/chat/*");
  await openConversation(carol.page, "Lighthouse");
  await mallory.page.goto("/conversations");
  await isInside(mallory.page);
  await expect(conversationLink(mallory.page, "Lighthouse")).toHaveCount(0);
  await openDetails(page, page.url().split("/").at(-1) ?? "");
  await expect(members(page).getByRole("listitem")).toHaveCount(3);
});

test("Ben sees Carol's new name where she has written, in his list and above the messages", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  await ben.context.request.post("/api/v1/conversations", { data: { kind: "direct", user_id: carol.id } });
  await carol.page.goto("/conversations");
  await openConversation(carol.page, ben.name);
  await sendMessage(carol.page, "It is me");
  await openConversation(ben.page, carol.name);
  await seesMessage(ben.page, "It is me", 10_000);
  const renamed = carol.name.replace("Carol", "Caroline");
  const answer = await carol.context.request.patch("/api/v1/me", { data: { username: renamed } });
  expect(answer.status()).toBe(200);
  await expect(ben.page.getByRole("heading", { level: 1, name: renamed })).toBeVisible({ timeout: 1_000 });
  await expect(conversationLink(ben.page, renamed)).toBeVisible();
  await expect(ben.page.getByRole("log").getByText(renamed).first()).toBeVisible();
  await expect(ben.page.getByText(carol.name, { exact: true })).toHaveCount(0);
});

test("Ada invites by one press and finds the same link copied again; on her phone it goes to the phone's own sheet", async ({
  signInAsAdmin,
}) => {
  const ada = await signInAsAdmin({ permissions: ["clipboard-read", "clipboard-write"] });
  const { id, name } = await makeHarbour(ada, []);
  const clipboard = () => ada.page.evaluate(() => navigator.clipboard.readText());
  const invite = ada.page.getByRole("button", { name: "Invite by link" });
  const dialog = ada.page.getByRole("dialog", { name: `Invite people to ${name}` });
  await openConversation(ada.page, name);
  await invite.click();
  await expect(dialog.getByText("The link is copied.")).toBeVisible();
  const link = await clipboard();
  expect(new URL(link).pathname).toBe("/join");
  await expect(dialog.getByLabel("Link", { exact: true })).toHaveValue(link);
  await ada.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(invite).toBeFocused();
  await ada.page.evaluate(() => navigator.clipboard.writeText("something else"));
  await invite.click();
  await expect(dialog.getByText("The link is copied.")).toBeVisible();
  expect(await clipboard()).toBe(link);

  const { page: phone } = await signInAsAdmin({
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
  });
  await phone.addInitScript(() => {
    navigator.share = async (data) => {
      document.body.dataset.shared = data?.url;
    };
  });
  await phone.goto(`/chat/${id}`);
  await phone.getByRole("button", { name: "Details", exact: true }).click();
  await phone.getByRole("button", { name: "Invite by link" }).click();
  await expect(phone.getByText("The link is on its way.")).toBeVisible();
  await expect(phone.locator("body")).toHaveAttribute("data-shared", link);
});
