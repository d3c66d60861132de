import { expect, type Locator, type Page } from "@playwright/test";
import { test } from "../src/fixtures.ts";
import { composer, conversationLink, seesConfirmed } from "../src/verbs.ts";

const TABS_MAX = 40;

/** Presses Tab until the element has the focus, as somebody without a mouse would. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${TABS_MAX} presses of Tab did not reach ${target}.`);
}

test("Carol signs in, opens General and writes with the keyboard alone", async ({ newPerson, newVisitor }) => {
  const carol = await newPerson("Carol");
  const { page } = await newVisitor();
  await page.goto("/login");

  await tabTo(page, page.getByLabel("Username or e-mail"));
  await page.keyboard.type(carol.name);
  await tabTo(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(carol.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/conversations");

  await tabTo(page, conversationLink(page, "General"));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/chat/*");
  await tabTo(page, composer(page));
  await page.keyboard.type(`${carol.name} has no mouse`);
  await page.keyboard.press("Enter");
  await seesConfirmed(page, `${carol.name} has no mouse`);
  await expect(composer(page)).toBeFocused();
});

test("Carol starts a direct conversation with the keyboard alone", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  const { page } = carol;
  await page.goto("/conversations");
  await tabTo(page, page.getByRole("button", { name: "New", exact: true }).first());
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Search people"));
  await page.keyboard.type(ben.name);
  await tabTo(page, page.getByRole("dialog").getByRole("button", { name: ben.name }));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/chat/*");
  await expect(page.getByRole("heading", { level: 1, name: ben.name })).toBeVisible();
});
