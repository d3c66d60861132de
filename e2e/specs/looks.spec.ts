import { newId } from "@confab/shared/ids";
import { expect, type Page } from "@playwright/test";
import { type Person, test } from "../src/fixtures.ts";
import { idOfGeneral } from "../src/groups.ts";
import { seriousViolations, settled, sidewaysScrollers } from "../src/looks.ts";
import { composer, isConnected, openAccountMenu, openConversation, seesConfirmed } from "../src/verbs.ts";

const LONG_WORD = "https://example.org/".padEnd(180, "a-very-long-address/");
const MESSAGES = [
  "**Bold**, *italic*, `code`, [a link](https://example.org/) and a list:\n\n- one\n- two",
  "> What was said before\n\nAnd the answer.",
  `\`\`\`ts\nconst wide = "${"wide ".repeat(40)}";\n\`\`\``,
  LONG_WORD,
];

const SIGNED_OUT = ["/login", "/register", "/guest", "/setup", "/join", "/reset-password#token"];

function signedInPages(general: string): string[] {
  return [
    "/conversations",
    `/conversations/${general}`,
    `/chat/${general}`,
    "/groups",
    "/groups/create",
    "/users",
    "/settings",
    "/audit",
    "/account",
    "/no-such-page",
    `/chat/${newId()}`,
  ];
}

async function talk(person: Person, lastWord: string): Promise<void> {
  await openConversation(person.page, "General");
  for (const message of [...MESSAGES, lastWord]) {
    await composer(person.page).fill(message);
    await composer(person.page).press("Enter");
  }
  await seesConfirmed(person.page, lastWord);
}

// What is not there, and the question who opened a link.
test.use({ allowedErrors: /status of (?:401|404)/ });

for (const colorScheme of ["light", "dark"] as const) {
  test(`Ada finds nothing that shuts anybody out on any page in the ${colorScheme} theme`, async ({
    newVisitor,
    signInAsAdmin,
  }) => {
    test.setTimeout(120_000);
    const found: Record<string, string[]> = {};
    const visitor = await newVisitor({ colorScheme });
    for (const path of SIGNED_OUT) {
      await visitor.page.goto(path);
      await settled(visitor.page);
      found[path] = await seriousViolations(visitor.page);
    }
    const ada = await signInAsAdmin({ colorScheme });
    await talk(ada, `${colorScheme} enough`);
    for (const path of signedInPages(await idOfGeneral(ada))) {
      await ada.page.goto(path);
      await settled(ada.page);
      found[path] = await seriousViolations(ada.page);
    }
    await ada.page.goto("/conversations");
    await ada.page.getByRole("button", { name: "New", exact: true }).click();
    await expect(ada.page.getByRole("dialog")).toBeVisible();
    await settled(ada.page);
    found["new conversation"] = await seriousViolations(ada.page);
    await ada.page.keyboard.press("Escape");
    await openAccountMenu(ada.page);
    await settled(ada.page);
    found["account menu"] = await seriousViolations(ada.page);
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((path) => [path, []])));
  });
}

test("Ada reads every page on a phone of 360 px without scrolling sideways", async ({ newVisitor, signInAsAdmin }) => {
  const viewport = { width: 360, height: 740 };
  const found: Record<string, string[]> = {};
  const visitor = await newVisitor({ viewport });
  for (const path of SIGNED_OUT) {
    await visitor.page.goto(path);
    await settled(visitor.page);
    found[path] = await sidewaysScrollers(visitor.page);
  }
  const ada = await signInAsAdmin({ viewport });
  await talk(ada, "small enough");
  for (const path of signedInPages(await idOfGeneral(ada))) {
    await ada.page.goto(path);
    await settled(ada.page);
    found[path] = await sidewaysScrollers(ada.page);
  }
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((path) => [path, []])));
});

/** How bright the page is, from 0 (black) to 255 (white). */
async function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    if (canvas === null) return Number.NaN;
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
  });
}

test("Ben chooses the dark theme by hand, and it stays after a reload until he follows his system again", async ({
  newPerson,
}) => {
  const { page } = await newPerson("Ben", { colorScheme: "light" });
  const choose = async (theme: string) => {
    await openAccountMenu(page);
    await page.getByRole("menuitemradio", { name: theme }).click();
    await expect(page.getByRole("menuitemradio", { name: theme })).toBeChecked();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toHaveCount(0);
  };
  await page.goto("/conversations");
  expect(await brightness(page)).toBeGreaterThan(200);

  await choose("Dark");
  await expect.poll(() => brightness(page)).toBeLessThan(60);
  await page.reload();
  expect(await brightness(page)).toBeLessThan(60);
  await openAccountMenu(page);
  await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeChecked();
  await page.keyboard.press("Escape");

  await choose("Like the system");
  await expect.poll(() => brightness(page)).toBeGreaterThan(200);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => brightness(page)).toBeLessThan(60);
});

test("Ben looks up how he is connected: the state, the address and the time to the server and back", async ({
  newPerson,
  server,
}) => {
  const { page } = await newPerson("Ben");
  await openConversation(page, "General");
  await isConnected(page);
  await page.getByRole("button", { name: "Connection details" }).click();
  const details = page.getByRole("dialog", { name: "Connection" });
  const fact = (name: string) => details.locator("dt", { hasText: name }).locator("xpath=following-sibling::dd[1]");
  await expect(fact("State")).toHaveText("Live");
  await expect(fact("Address")).toHaveText(`${server.url.replace("http:", "ws:")}/ws`);
  await expect(fact("Round trip")).toHaveText(/^\d+ ms$/);
  await page.keyboard.press("Escape");
  await expect(details).toHaveCount(0);
});
