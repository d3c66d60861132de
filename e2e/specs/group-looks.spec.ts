import { expect, type Page } from "@playwright/test";
import { type Person, test } from "../src/fixtures.ts";
import { createGroup } from "../src/groups.ts";
import { seriousViolations, settled, sidewaysScrollers } from "../src/looks.ts";

/** The states that only an act leads to; the pages themselves are looked at in looks.spec.ts. */
async function walkThroughStates(page: Page, id: string, ben: Person, look: (state: string) => Promise<void>) {
  const close = async () => {
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  await page.goto(`/conversations/${id}`);
  await page.getByRole("button", { name: `Manage ${ben.name}` }).click();
  await look("member menu");
  await page.getByRole("menuitem", { name: "Remove from the group" }).click();
  await look("remove");
  await close();
  for (const button of ["Edit", "Add people", "Invite by link", "Leave group", "Delete group"]) {
    await page.getByRole("button", { name: button }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(button);
    await close();
  }
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.getByText("This group is archived.")).toBeVisible();
  await look("archived details");
  await page.goto(`/chat/${id}`);
  await expect(page.getByText("This group is archived.")).toBeVisible();
  await page.getByRole("button", { name: "Details", exact: true }).click();
  await expect(page.getByRole("list", { name: "Members" })).toBeVisible();
  await look("archived chat with its details");
}

for (const options of [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
] as const) {
  test(`Ada manages a group without anything that shuts her out or scrolls sideways (${options.colorScheme}, ${options.viewport.width} px)`, async ({
    signInAsAdmin,
    newPerson,
  }) => {
    test.setTimeout(180_000);
    const [ada, ben] = [await signInAsAdmin(options), await newPerson("Ben")];
    const id = await createGroup(ada, "Jetty", [ben]);
    const found: Record<string, string[]> = {};
    await walkThroughStates(ada.page, id, ben, async (state) => {
      await settled(ada.page);
      found[state] = [...(await seriousViolations(ada.page)), ...(await sidewaysScrollers(ada.page))];
    });
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
  });
}
