import { INVITES_PAGE_MAX } from "@confab/shared/limits";
import { expect } from "@playwright/test";
import { findUser, pick } from "../src/administration.ts";
import { test } from "../src/fixtures.ts";
import { seriousViolations, settled, sidewaysScrollers } from "../src/looks.ts";
import { isInside } from "../src/verbs.ts";

const PASSWORD = "a short sentence";

// The question who opened a link, and the links that are refused on purpose.
test.use({ allowedErrors: /status of (?:401|403|404)/ });

test("Ada closes registration, and the page says so; by invitation, Carol comes in through Ada’s link until it is used up", async ({
  ownServer,
  signInAsAdmin,
  newVisitor,
}) => {
  const options = { server: ownServer };
  const [{ page: ada }, { page: carol }] = [await signInAsAdmin(options), await newVisitor(options)];
  await ada.goto("/settings");
  await expect(ada.getByRole("radio", { name: "Open" })).toBeChecked();
  await ada.getByRole("radio", { name: "Closed" }).check();
  await expect(ada.getByText("Saved", { exact: true })).toBeVisible();
  await carol.goto("/register");
  await expect(carol.getByText("Registration is closed here.")).toBeVisible();

  await ada.getByRole("radio", { name: "By invitation" }).check();
  await pick(ada, "A visit lasts", "8 hours");
  await ada.getByRole("switch", { name: "Guests" }).click();
  await expect(ada.getByRole("switch", { name: "Guests" })).not.toBeChecked();
  await ada.getByRole("button", { name: "New link" }).click();
  await ada.getByLabel("Label").fill("Spring interns");
  await pick(ada, "Expires after", "1 day");
  await ada.getByLabel("People at most").fill("1");
  await ada.getByRole("button", { name: "Create link" }).click();
  const link = await ada.getByLabel("Your link is ready").inputValue();
  await ada.getByRole("button", { name: "Done" }).click();
  const row = ada.getByRole("list", { name: "Links" }).getByRole("listitem");
  await expect(row).toContainText("Spring interns");
  await expect(row).toContainText("0 of 1 use · expires in 24 hours");

  await carol.goto(link);
  await carol.getByLabel("Username", { exact: true }).fill("Carol");
  await carol.getByLabel("E-mail", { exact: true }).fill("carol@example.org");
  await carol.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await carol.getByRole("button", { name: "Create account" }).click();
  await isInside(carol);

  await ada.reload();
  await expect(ada.getByRole("radio", { name: "By invitation" })).toBeChecked();
  await expect(ada.getByRole("switch", { name: "Guests" })).not.toBeChecked();
  await expect(ada.getByRole("combobox", { name: "A visit lasts" })).toHaveText("8 hours");
  await expect(row).toContainText("Used up");
  await row.getByRole("button", { name: "More about Spring interns" }).click();
  await ada.getByRole("menuitem", { name: "Who came through" }).click();
  await expect(ada.getByRole("list", { name: "People who came through this link" })).toContainText("Carol");
});

test("Ada makes a link and revokes it; Mallory, who has it, is not let in", async ({ signInAsAdmin, newVisitor }) => {
  const [{ page: ada }, { page: mallory }] = [await signInAsAdmin(), await newVisitor()];
  await ada.goto("/settings");
  await ada.getByRole("button", { name: "New link" }).click();
  await ada.getByLabel("Label").fill("By mistake");
  await ada.getByRole("button", { name: "Create link" }).click();
  const link = await ada.getByLabel("Your link is ready").inputValue();
  const row = ada.getByRole("list", { name: "Links" }).getByRole("listitem").filter({ hasText: "By mistake" });
  await row.getByRole("button", { name: "More about By mistake" }).click();
  await ada.getByRole("menuitem", { name: "Revoke" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Revoke link" }).click();
  await expect(row).toContainText("Revoked");
  await expect(row.getByRole("button", { name: /^Copy/ })).toHaveCount(0);
  await expect(ada.getByLabel("Your link is ready")).toHaveCount(0);

  await mallory.goto(link);
  await expect(mallory.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");
});

test("Ada has made more links than a page holds, and reads on to the first of them", async ({
  signInAsAdmin,
  ownServer,
}) => {
  const { page: ada, context } = await signInAsAdmin({ server: ownServer });
  for (let n = 0; n <= INVITES_PAGE_MAX; n += 1)
    expect((await context.request.post("/api/v1/invites", { data: { label: `Link ${n}` } })).ok()).toBe(true);
  await ada.goto("/settings");
  const rows = ada.getByRole("list", { name: "Links" }).getByRole("listitem");
  await expect(rows).toHaveCount(INVITES_PAGE_MAX);
  await ada.getByRole("button", { name: "Show more" }).click();
  await expect(rows).toHaveCount(INVITES_PAGE_MAX + 1);
  await expect(rows.last()).toContainText("Link 0");
  await expect(ada.getByRole("button", { name: "Show more" })).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`Ada administers without anything that shuts her out, also on a small phone, in the ${colorScheme} theme`, async ({
    signInAsAdmin,
    newPerson,
  }) => {
    test.setTimeout(120_000);
    const [{ page: ada }, ben] = [
      await signInAsAdmin({ colorScheme, viewport: { width: 360, height: 740 } }),
      await newPerson("Ben"),
    ];
    const found: Record<string, string[]> = {};
    const look = async (what: string) => {
      await settled(ada);
      found[what] = [...(await seriousViolations(ada)), ...(await sidewaysScrollers(ada))];
    };
    const row = await findUser(ada, ben.name);
    await look("users");
    await row.getByRole("button", { name: /^Actions for/ }).click();
    await expect(ada.getByRole("menu")).toBeVisible();
    await look("row menu");
    await ada.getByRole("menuitem", { name: "Reset password" }).click();
    await ada.getByRole("button", { name: "Make link" }).click();
    await expect(ada.getByLabel(/^Link for/)).toBeVisible();
    await look("password link");
    await ada.keyboard.press("Escape");
    await ada.getByRole("button", { name: "Create user" }).click();
    await look("create user");
    await ada.keyboard.press("Escape");
    await ada.getByRole("combobox", { name: "Show" }).click();
    await expect(ada.getByRole("option").first()).toBeVisible();
    await look("select");
    await ada.keyboard.press("Escape");

    await ada.goto("/settings");
    await ada.getByRole("button", { name: "New link" }).click();
    await look("new link");
    await ada.getByRole("button", { name: "Create link" }).click();
    await expect(ada.getByLabel("Your link is ready")).toBeVisible();
    await look("settings");
    await ada.goto("/audit");
    await look("audit log");
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((what) => [what, []])));
  });
}
