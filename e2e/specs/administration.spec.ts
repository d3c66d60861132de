import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { chooseAct, findUser, pick } from "../src/administration.ts";
import { test } from "../src/fixtures.ts";
import { conversationLink, isConnected, isInside, signIn } from "../src/verbs.ts";

const PASSWORD = "a short sentence";

// What is refused on purpose, and what somebody who is signed out asks for at last.
test.use({ allowedErrors: /status of (?:401|403|409)/ });

/** The list of the audit log, once it shows this sentence. */
async function seesNoted(page: Page, sentence: string): Promise<void> {
  await expect(page.getByRole("listitem").filter({ hasText: sentence }).first()).toBeVisible();
}

test("Ada creates a user and hands over the link, by which Ben sets his password and signs in", async ({
  signInAsAdmin,
  newVisitor,
}) => {
  const [{ page: ada }, { page: ben }] = [await signInAsAdmin(), await newVisitor()];
  await ada.goto("/users");
  await ada.getByRole("button", { name: "Create user" }).click();
  const dialog = ada.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Ada");
  await dialog.getByLabel("E-mail").fill("ben.new@example.org");
  await dialog.getByRole("button", { name: "Create user" }).click();
  await expect(dialog).toContainText("That name is already in use. Choose another.");

  await dialog.getByLabel("Name").fill("Ben Newcomer");
  await dialog.getByRole("button", { name: "Create user" }).click();
  const link = await dialog.getByLabel("Link for Ben Newcomer").inputValue();
  await dialog.getByRole("button", { name: "Copy" }).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(ada.getByRole("row").filter({ hasText: "ben.new@example.org" })).toContainText("Signed out");

  await ben.goto(link);
  await ben.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await ben.getByRole("button", { name: "Set password" }).click();
  await ben.waitForURL("**/login");
  await signIn(ben, "ben.new@example.org", PASSWORD);
  await expect(conversationLink(ben, "General")).toBeVisible();
});

test("Ada deactivates Ben, whose open page leaves at once, and lets him in again", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const [{ page: ada }, ben] = [await signInAsAdmin(), await newPerson("Ben")];
  await ben.page.goto("/conversations");
  await isConnected(ben.page);

  const row = await findUser(ada, ben.name);
  const dialog = await chooseAct(ada, row, "Deactivate");
  await expect(dialog).toContainText("is signed out at once");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
  await isConnected(ben.page);

  await (await chooseAct(ada, row, "Deactivate")).getByRole("button", { name: "Deactivate" }).click();
  await expect(ben.page.getByRole("button", { name: "Sign in" })).toBeVisible({ timeout: 2_000 });
  await expect(row).toContainText("Deactivated");
  await ben.page.getByLabel("Username or e-mail").fill(ben.name);
  await ben.page.getByLabel("Password", { exact: true }).fill(ben.password);
  await ben.page.getByRole("button", { name: "Sign in" }).click();
  await expect(ben.page.getByRole("alert")).toBeVisible();

  await pick(ada, "Show", "Deactivated");
  await (await chooseAct(ada, row, "Reactivate")).getByRole("button", { name: "Reactivate" }).click();
  await expect(ada.getByRole("dialog")).toHaveCount(0);
  await expect(row).not.toContainText("Deactivated");
  await ben.page.getByRole("button", { name: "Sign in" }).click();
  await isInside(ben.page);
});

test("Ada lets her guest Carol stay: Carol keeps her page, and comes back by the password she sets", async ({
  signInAsAdmin,
  newGuest,
  newVisitor,
}) => {
  const [{ page: ada }, carol, { page: elsewhere }] = [
    await signInAsAdmin(),
    await newGuest("Carol"),
    await newVisitor(),
  ];
  await carol.page.goto("/conversations");
  await isConnected(carol.page);
  const row = await findUser(ada, carol.name);
  await expect(row).toContainText("leaves in 24 hours");

  await (await chooseAct(ada, row, "Make a user")).getByRole("button", { name: "Make a user" }).click();
  const dialog = ada.getByRole("dialog", { name: "Password link" });
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = await dialog.getByLabel(`Link for ${carol.name}`).inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(row).not.toContainText(/guest|leaves/i);
  await expect(conversationLink(carol.page, "General")).toBeVisible();

  await elsewhere.goto(link);
  await elsewhere.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await elsewhere.getByRole("button", { name: "Set password" }).click();
  await elsewhere.waitForURL("**/login");
  await signIn(elsewhere, carol.name, PASSWORD);
});

test("Ada ends the visit of a guest, whose open page leaves at once", async ({ signInAsAdmin, newGuest }) => {
  const [{ page: ada }, carol] = [await signInAsAdmin(), await newGuest("Carol")];
  await carol.page.goto("/conversations");
  await isConnected(carol.page);
  const row = await findUser(ada, carol.name);
  await (await chooseAct(ada, row, "End visit")).getByRole("button", { name: "End visit" }).click();
  await expect(carol.page.getByRole("button", { name: "Sign in" })).toBeVisible({ timeout: 2_000 });
  await expect(row).toContainText("has left");
  await expect(row.getByRole("button")).toHaveCount(0);
});

test("Ada is told in words that the last administrator has to stay one", async ({
  ownServer,
  signInAsAdmin,
  newPerson,
}) => {
  const options = { server: ownServer };
  const [ada, ben] = [await signInAsAdmin(options), await newPerson("Ben", options)];
  const row = await findUser(ada.page, ben.name);
  // The list leaves out whoever reads it: that she is the last one can only come to light when another one goes in the
  // same moment. Here her own id stands for theirs.
  await ada.page.route(`**/api/v1/accounts/${ben.id}/deactivate`, (route) =>
    route.continue({ url: route.request().url().replace(ben.id, ada.id) }),
  );
  const dialog = await chooseAct(ada.page, row, "Deactivate");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Somebody has to be administrator. Make somebody else one first.");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(row).not.toContainText("Deactivated");
});

test("Ada reads in the audit log what was done, finds it again by action, person and day, and takes it along as a file", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const [{ page: ada }, ben, carol] = [await signInAsAdmin(), await newPerson("Ben"), await newPerson("Carol")];
  for (const { name } of [ben, carol]) {
    const row = await findUser(ada, name);
    await (await chooseAct(ada, row, "Make administrator")).getByRole("button", { name: "Make administrator" }).click();
    await expect(row).toContainText("Administrator");
    await (await chooseAct(ada, row, "Make a user")).getByRole("button", { name: "Make a user" }).click();
    await expect(row).not.toContainText("Administrator");
  }

  await ada.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Audit log" }).click();
  const promoted = (name: string) => `Ada made ${name} an administrator`;
  for (const { name } of [ben, carol]) await seesNoted(ada, promoted(name));
  await expect(ada.getByRole("heading", { level: 2, name: "Today" })).toBeVisible();

  const events = ada.getByRole("main").getByRole("listitem");
  await ada.getByLabel("Search by person").fill(ben.name);
  await expect(events.filter({ hasText: promoted(ben.name) })).toContainText("127.0.0.1");
  await expect(events.filter({ hasText: carol.name })).toHaveCount(0);
  await pick(ada, "Action", "Deactivated an account");
  await expect(ada.getByText("Nothing fits")).toBeVisible();
  await pick(ada, "Action", "Changed a role");
  await seesNoted(ada, promoted(ben.name));

  const download = ada.waitForEvent("download");
  await ada.getByRole("link", { name: "Export as CSV" }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(3);
  for (const line of lines.slice(1)) expect(line).toContain(`account.role_changed,Ada,`);

  await ada.getByLabel("Until").fill("2020-01-31");
  await expect(ada.getByText("Nothing fits")).toBeVisible();
  await ada.getByRole("button", { name: "Show everything" }).click();
  await seesNoted(ada, promoted(carol.name));
});

test("Ada opens the menu of a row by Enter, walks it by the arrows, and Escape brings her back", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const [{ page: ada }, ben] = [await signInAsAdmin(), await newPerson("Ben")];
  const row = await findUser(ada, ben.name);
  const button = row.getByRole("button", { name: /^Actions for/ });
  await button.focus();
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("menu")).toBeFocused();
  await ada.keyboard.press("ArrowDown");
  await expect(ada.getByRole("menuitem", { name: "Make administrator" })).toBeFocused();
  await ada.keyboard.press("ArrowDown");
  await expect(ada.getByRole("menuitem", { name: "Reset password" })).toBeFocused();
  await ada.keyboard.press("Escape");
  await expect(ada.getByRole("menu")).toHaveCount(0);
  await expect(button).toBeFocused();

  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("menu")).toBeFocused();
  await ada.keyboard.press("ArrowUp");
  await expect(ada.getByRole("menuitem", { name: "Deactivate" })).toBeFocused();
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("dialog")).toBeVisible();
  await ada.keyboard.press("Escape");
  await expect(ada.getByRole("dialog")).toHaveCount(0);
  await expect(button).toBeFocused();
});
