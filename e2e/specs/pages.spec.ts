import { newId } from "@confab/shared/ids";
import { type BrowserContext, expect } from "@playwright/test";
import { type Person, test } from "../src/fixtures.ts";
import { createGroup, idOfGeneral } from "../src/groups.ts";

/** The answer to a page navigation, before any script runs: "200", or "302 /where/to". */
async function answerOf(context: BrowserContext, path: string): Promise<string> {
  const answer = await context.request.get(path, { maxRedirects: 0, headers: { accept: "text/html" } });
  const location = answer.headers().location;
  return location === undefined ? String(answer.status()) : `${answer.status()} ${location}`;
}

async function expectAnswers(context: BrowserContext, expected: Record<string, string>): Promise<void> {
  const answers: Record<string, string> = {};
  for (const path of Object.keys(expected)) answers[path] = await answerOf(context, path);
  expect(answers).toEqual(expected);
}

async function hiddenGroup(admin: Person): Promise<string> {
  return createGroup(admin, "Without Mallory", []);
}

test("Mallory, signed out, is sent to the sign-in page by every page but the forms", async ({ newVisitor }) => {
  const { context } = await newVisitor();
  const id = newId();
  const login = (next: string) => `302 /login?next=${encodeURIComponent(next)}`;
  await expectAnswers(context, {
    "/": "302 /login",
    "/login": "200",
    "/auth/login": "200",
    "/register": "200",
    "/guest": "200",
    "/logout": "302 /auth/login",
    "/conversations": login("/conversations"),
    [`/conversations/${id}`]: login(`/conversations/${id}`),
    [`/chat/${id}`]: login(`/chat/${id}`),
    "/groups": login("/groups"),
    "/groups/create": login("/groups/create"),
    "/users": login("/users"),
    "/no-such-page": "404",
  });
});

test("Ben gets his own pages, 403 for the administrators' and 404 for what he may not see", async ({
  newPerson,
  signInAsAdmin,
}) => {
  const ben = await newPerson("Ben");
  const general = await idOfGeneral(ben);
  const hidden = await hiddenGroup(await signInAsAdmin());
  await expectAnswers(ben.context, {
    "/": "302 /conversations",
    "/login": "302 /conversations",
    "/auth/login": "302 /conversations",
    "/register": "302 /conversations",
    "/guest": "302 /conversations",
    "/conversations": "200",
    [`/conversations/${general}`]: "200",
    [`/chat/${general}`]: "200",
    [`/conversations/${hidden}`]: "404",
    [`/chat/${hidden}`]: "404",
    "/chat/not-an-id": "404",
    "/groups": "403",
    "/groups/create": "403",
    "/users": "403",
    "/no-such-page": "404",
  });
});

test("Ada, the administrator, gets every page", async ({ signInAsAdmin }) => {
  const ada = await signInAsAdmin();
  const hidden = await hiddenGroup(ada);
  await expectAnswers(ada.context, {
    "/conversations": "200",
    [`/conversations/${hidden}`]: "200",
    [`/chat/${hidden}`]: "200",
    "/groups": "200",
    "/groups/create": "200",
    "/users": "200",
    [`/chat/${newId()}`]: "404",
  });
});

test("Ben signs out on the server too: his cookie opens nothing any more", async ({ newPerson, newVisitor }) => {
  const ben = await newPerson("Ben");
  const cookies = await ben.context.cookies();
  await ben.page.goto("/conversations");
  await ben.page.getByRole("button", { name: "Your account" }).click();
  await ben.page.getByRole("menuitem", { name: "Sign out" }).click();
  await ben.page.waitForURL(/\/(?:auth\/)?login$/);
  await expect(ben.page.getByRole("button", { name: "Sign in" })).toBeVisible();

  const thief = await newVisitor();
  await thief.context.addCookies(cookies);
  await expectAnswers(thief.context, { "/conversations": "302 /login?next=%2Fconversations" });
});

test("Carol is sent back to the page she asked for after signing in", async ({ newPerson, newVisitor }) => {
  const carol = await newPerson("Carol");
  const general = await idOfGeneral(carol);
  const { page } = await newVisitor();
  await page.goto(`/chat/${general}`);
  await page.getByLabel("Username or e-mail").fill(carol.email);
  await page.getByLabel("Password", { exact: true }).fill(carol.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**/chat/${general}`);
  await expect(page.getByRole("heading", { level: 1, name: "General" })).toBeVisible();
});

test.describe("refusals that a browser writes into its console", () => {
  test.use({ allowedErrors: /status of (?:401|403|404|409)/ });

  test("Ben sees why he was not signed in, and his name stays in the form", async ({ newPerson, newVisitor }) => {
    const ben = await newPerson("Ben");
    const { page } = await newVisitor();
    await page.goto("/login");
    await page.getByLabel("Username or e-mail").fill(ben.name);
    await page.getByLabel("Password", { exact: true }).fill("not his password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("That username and password do not match.")).toBeVisible();
    await expect(page.getByLabel("Username or e-mail")).toHaveValue(ben.name);
  });

  test("Carol cannot take Ben's name as a guest, in whatever letters", async ({ newPerson, newVisitor }) => {
    const ben = await newPerson("Ben");
    const { page } = await newVisitor();
    await page.goto("/guest");
    await page.getByLabel("Your name").fill(ben.name.toUpperCase());
    await page.getByRole("button", { name: "Enter as guest" }).click();
    await expect(page.getByText("That name is already in use. Choose another.")).toBeVisible();
  });

  test("Ben sees a page that says so where nothing is, and where he may not go", async ({ newPerson }) => {
    const { page } = await newPerson("Ben");
    for (const [path, status] of [
      ["/no-such-page", 404],
      [`/chat/${newId()}`, 404],
      ["/users", 403],
    ] as const) {
      expect((await page.goto(path))?.status()).toBe(status);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.getByRole("main").getByRole("link").first().click();
      await page.waitForURL("**/conversations");
    }
  });
});
