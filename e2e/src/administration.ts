import { expect, type Locator, type Page } from "@playwright/test";

/** What administrators do on their pages. */

/** The row of a person in the list of users, found by typing their name. */
export async function findUser(page: Page, name: string): Promise<Locator> {
  await page.goto("/users");
  await page.getByLabel("Search users").fill(name);
  const row = page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
  await expect(row).toBeVisible();
  return row;
}

/** Chooses an act from the menu of a row; the dialog that asks once more. */
export async function chooseAct(page: Page, row: Locator, act: string): Promise<Locator> {
  await row.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: act, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Picks a value from a list that drops down. */
export async function pick(page: Page, label: string, choice: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: choice, exact: true }).click();
  await expect(page.getByRole("option")).toHaveCount(0);
}
