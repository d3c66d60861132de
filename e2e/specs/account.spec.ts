import { passwordResetAnswerSchema } from "@confab/shared/accounts";
import { expect, type Locator, type Page } from "@playwright/test";
import { type Person, test } from "../src/fixtures.ts";
import { seriousViolations, settled, sidewaysScrollers } from "../src/looks.ts";
import {
  isConnected,
  isInside,
  messageRow,
  openAccountMenu,
  openConversation,
  seesConfirmed,
  seesMessage,
  sendMessage,
  signIn,
} from "../src/verbs.ts";

const NEW_PASSWORD = "another long sentence";

function section(page: Page, name: string): Locator {
  return page.getByRole("region", { name });
}

function sessionsOf(page: Page): Locator {
  return section(page, "Sessions").getByRole("listitem");
}

/** Another browser of the same person, with their conversations open. */
async function onAnotherDevice(
  newVisitor: (options?: object) => Promise<{ page: Page }>,
  person: Person,
): Promise<Page> {
  const { page } = await newVisitor();
  await signIn(page, person.name, person.password);
  await isConnected(page);
  return page;
}

/** Signed out by itself, without anything that looks like a failure. */
async function isOnSignInPage(page: Page, within = 2_000): Promise<void> {
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible({ timeout: within });
  expect(new URL(page.url()).pathname).toBe("/login");
  await expect(page.getByRole("alert")).toHaveCount(0);
}

// Passwords that are wrong, and what an open page asks in the moment in which its session ends.
test.use({ allowedErrors: /status of (?:401|403|409)/ });

test("Ben finds his account in the menu and changes his name; Ada sees it on what he wrote, at once", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const [ben, ada] = [await newPerson("Ben"), await signInAsAdmin()];
  await openConversation(ben.page, "General");
  await sendMessage(ben.page, `Written by ${ben.name}`);
  await openConversation(ada.page, "General");
  await seesMessage(ada.page, `Written by ${ben.name}`);

  await openAccountMenu(ben.page);
  await ben.page.getByRole("menuitem", { name: "Your account" }).click();
  const profile = section(ben.page, "Profile");
  await expect(profile.getByRole("button", { name: "Save name" })).toBeDisabled();
  await profile.getByLabel("Username").fill(ada.name);
  await profile.getByRole("button", { name: "Save name" }).click();
  await expect(profile.getByLabel("Username")).toHaveAccessibleDescription(/already in use/);
  await profile.getByLabel("Username").fill(`Sir ${ben.name}`);
  await profile.getByRole("button", { name: "Save name" }).click();
  await expect(profile.getByRole("status")).toHaveText("Saved.");
  await expect(messageRow(ada.page, `Written by ${ben.name}`)).toContainText(`Sir ${ben.name}`, { timeout: 1_000 });
  await ben.page.reload();
  await openAccountMenu(ben.page);
  await expect(ben.page.getByRole("menu")).toContainText(`Sir ${ben.name}`);
});

test("Ben changes his e-mail address with his password, and signs in with the new one", async ({
  newPerson,
  newVisitor,
}) => {
  const ben = await newPerson("Ben");
  await ben.page.goto("/account");
  const email = section(ben.page, "E-mail");
  await email.getByLabel("E-mail address").fill(`new.${ben.email}`);
  await email.getByLabel("Your password").fill("not my password");
  await email.getByRole("button", { name: "Change e-mail" }).click();
  await expect(email.getByLabel("Your password")).toHaveAccessibleDescription("That is not your password.");
  await email.getByLabel("Your password").fill(ben.password);
  await email.getByRole("button", { name: "Change e-mail" }).click();
  await expect(email.getByRole("status")).toHaveText("Your e-mail address is changed.");
  const { page } = await newVisitor();
  await signIn(page, `new.${ben.email}`, ben.password);
});

test("Ben changes his password: his other browser is signed out at once, this one stays", async ({
  newPerson,
  newVisitor,
}) => {
  const ben = await newPerson("Ben");
  const other = await onAnotherDevice(newVisitor, ben);
  await ben.page.goto("/account");
  await expect(sessionsOf(ben.page)).toHaveCount(2);
  const password = section(ben.page, "Password");
  await password.getByLabel("Current password").fill("not my password");
  await password.getByLabel("New password").fill(NEW_PASSWORD);
  await password.getByRole("button", { name: "Change password" }).click();
  await expect(password.getByLabel("Current password")).toHaveAccessibleDescription("That is not your password.");
  await isInside(other);
  await password.getByLabel("Current password").fill(ben.password);
  await password.getByRole("button", { name: "Change password" }).click();
  await expect(password.getByRole("status")).toHaveText(/Your password is changed/);
  await isOnSignInPage(other);
  await expect(sessionsOf(ben.page)).toHaveCount(1);
  await openConversation(ben.page, "General");
  await isConnected(ben.page);
  await signIn(other, ben.name, NEW_PASSWORD);
});

test("Ben ends the session of one browser, then of all others; each lands on the sign-in page", async ({
  newPerson,
  newVisitor,
}) => {
  const ben = await newPerson("Ben");
  const others = [await onAnotherDevice(newVisitor, ben)];
  await ben.page.goto("/account");
  await expect(sessionsOf(ben.page)).toHaveCount(2);
  await expect(sessionsOf(ben.page).first()).toContainText("Chrome on Linux");
  await expect(sessionsOf(ben.page).first()).toContainText("This one");
  await sessionsOf(ben.page).last().getByRole("button", { name: "End Chrome on Linux" }).click();
  await expect(sessionsOf(ben.page)).toHaveCount(1);
  for (const other of others) await isOnSignInPage(other);

  for (const other of others) await signIn(other, ben.name, ben.password);
  others.push(await onAnotherDevice(newVisitor, ben));
  await ben.page.reload();
  await expect(sessionsOf(ben.page)).toHaveCount(3);
  await ben.page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await ben.page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(sessionsOf(ben.page)).toHaveCount(1);
  for (const other of others) await isOnSignInPage(other);
  await isConnected(ben.page);
});

test("Carol, a guest, keeps her account: she is the same person, and what she wrote is hers", async ({
  newGuest,
  newVisitor,
}) => {
  const carol = await newGuest("Carol");
  await openConversation(carol.page, "General");
  await sendMessage(carol.page, `I am ${carol.name}`);
  await seesConfirmed(carol.page, `I am ${carol.name}`);
  await expect(messageRow(carol.page, `I am ${carol.name}`)).toContainText("Guest");
  await openAccountMenu(carol.page);
  await carol.page.getByRole("menuitem", { name: "Keep your account" }).click();
  await expect(section(carol.page, "Password")).toHaveCount(0);
  const keep = section(carol.page, "Keep this account");
  await expect(keep).toContainText("Your visit lasts until");
  await expect(keep.getByLabel("E-mail address")).toBeFocused();
  const email = `${carol.name.replace(" ", ".")}@example.org`.toLowerCase();
  await keep.getByLabel("E-mail address").fill(email);
  await keep.getByLabel("Password", { exact: true }).fill(NEW_PASSWORD);
  await keep.getByRole("button", { name: "Keep this account" }).click();
  await expect(carol.page.getByText("This account is yours now.")).toBeVisible();
  await expect(keep).toHaveCount(0);
  await expect(section(carol.page, "Password")).toBeVisible();

  const { page } = await newVisitor();
  await signIn(page, email, NEW_PASSWORD);
  await openConversation(page, "General");
  await expect(messageRow(page, `I am ${carol.name}`)).toContainText(carol.name);
  await expect(messageRow(page, `I am ${carol.name}`)).not.toContainText("Guest");
});

test("Ben deletes his account; what he wrote stays under “Deleted user”, and he is told on the sign-in page", async ({
  newPerson,
  newVisitor,
  signInAsAdmin,
}) => {
  const [ben, ada] = [await newPerson("Ben"), await signInAsAdmin()];
  const other = await onAnotherDevice(newVisitor, ben);
  await openConversation(ben.page, "General");
  await sendMessage(ben.page, `The last word of ${ben.name}`);
  await openConversation(ada.page, "General");
  await seesMessage(ada.page, `The last word of ${ben.name}`);

  await ben.page.goto("/account");
  await ben.page.getByRole("button", { name: "Delete account" }).click();
  const dialog = ben.page.getByRole("dialog", { name: "Delete your account?" });
  await expect(dialog).toContainText("under “Deleted user”");
  await dialog.getByLabel(/^Type /).fill("Somebody else");
  await dialog.getByLabel("Your password").fill("not my password");
  await expect(dialog.getByRole("button", { name: "Delete my account" })).toBeDisabled();
  await dialog.getByLabel(/^Type /).fill(ben.name);
  await dialog.getByRole("button", { name: "Delete my account" }).click();
  await expect(dialog.getByLabel("Your password")).toHaveAccessibleDescription("That is not your password.");
  await dialog.getByLabel("Your password").fill(ben.password);
  await dialog.getByRole("button", { name: "Delete my account" }).click();

  await isOnSignInPage(ben.page);
  await expect(ben.page.getByText("Your account is deleted.")).toBeVisible();
  await isOnSignInPage(other);
  await expect(messageRow(ada.page, `The last word of ${ben.name}`)).toContainText("Deleted user", { timeout: 1_000 });
  await ben.page.reload();
  await expect(ben.page.getByText("Your account is deleted.")).toHaveCount(0);
  await ben.page.getByLabel("Username or e-mail").fill(ben.name);
  await ben.page.getByLabel("Password", { exact: true }).fill(ben.password);
  await ben.page.getByRole("button", { name: "Sign in" }).click();
  await expect(ben.page.getByText("That username and password do not match.")).toBeVisible();
});

test("Ben sets a new password by Ada's link and signs in; the link works once", async ({
  newPerson,
  newVisitor,
  signInAsAdmin,
}) => {
  const [ben, ada] = [await newPerson("Ben"), await signInAsAdmin()];
  const made = await ada.context.request.post(`/api/v1/accounts/${ben.id}/password-reset`, { data: {} });
  const { token } = passwordResetAnswerSchema.parse(await made.json()).password_reset;
  const { page } = await newVisitor();
  await page.goto(`/reset-password#${token}`);
  await page.getByLabel("New password").fill(NEW_PASSWORD);
  await page.getByLabel("New password").press("Enter");
  await isOnSignInPage(page);
  await expect(page.getByText("Your new password is set. Sign in with it.")).toBeVisible();
  await expect(page.getByLabel("Username or e-mail")).toHaveValue(ben.name);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await page.keyboard.type(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await isInside(page);

  const late = await newVisitor();
  await late.page.goto(`/reset-password#${token}`);
  await late.page.getByLabel("New password").fill(NEW_PASSWORD);
  await late.page.getByLabel("New password").press("Enter");
  await expect(late.page.getByRole("alert")).toContainText("Ask an administrator for a new one.");
  await late.page.goto("/reset-password");
  await late.page.reload();
  await expect(late.page.getByText("The link is incomplete.")).toBeVisible();
});

test("Ben chooses a language and the dark theme; both are there after a reload", async ({ newPerson }) => {
  const { page } = await newPerson("Ben", { colorScheme: "light" });
  await page.goto("/account");
  await expect(section(page, "Appearance and language")).toContainText("Confab speaks English so far.");
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.getByRole("combobox", { name: "Language" }).click();
  await page.getByRole("option", { name: "Deutsch" }).click();
  await expect(page.getByRole("combobox", { name: "Language" })).toContainText("Deutsch");
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Language" })).toContainText("Deutsch");
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
  await expect(page.locator("html")).toHaveClass(/dark/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`Carol is shut out of nothing on her account page in the ${colorScheme} theme, and reads it at 360 px`, async ({
    newPerson,
    newGuest,
  }) => {
    const options = { colorScheme, viewport: { width: 360, height: 740 } };
    const [carol, guest] = [await newPerson("Carol", options), await newGuest("Carol", options)];
    const found: Record<string, string[]> = {};
    const look = async (name: string, { page }: Person) => {
      await settled(page);
      found[name] = [...(await seriousViolations(page)), ...(await sidewaysScrollers(page))];
    };
    for (const [name, person] of [
      ["account", carol],
      ["guest", guest],
    ] as const) {
      await person.page.goto("/account");
      await expect(sessionsOf(person.page)).toHaveCount(1);
      await look(name, person);
    }
    await carol.page.getByRole("button", { name: "Delete account" }).click();
    await expect(carol.page.getByRole("dialog")).toBeVisible();
    await look("deleting", carol);
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
  });
}
