import { expect, type Page } from "@playwright/test";
import { type Person, test } from "../src/fixtures.ts";
import { createGroup, createInvite } from "../src/groups.ts";
import { seriousViolations, settled, sidewaysScrollers } from "../src/looks.ts";
import { ADMIN } from "../src/server.ts";
import {
  composer,
  conversationLink,
  isConnected,
  isInside,
  openAccountMenu,
  openConversation,
  seesConfirmed,
  seesMessage,
  sendMessage,
} from "../src/verbs.ts";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

let groups = 0;

/** Ada's group, new for each test, and her link into it. */
async function makeHarbour(ada: Person) {
  groups += 1;
  const name = `Harbour ${String(groups).padStart(3, "0")}`;
  const id = await createGroup(ada, name, []);
  return { id, name, ...(await createInvite(ada, id)) };
}

async function joinsAs(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Join the conversation" }).click();
}

async function isIn(page: Page, { id, name }: { id: string; name: string }): Promise<void> {
  await page.waitForURL(`**/chat/${id}`);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(composer(page)).toBeEnabled();
}

// The question who opened the link, a removal, a link that leads nowhere, a name that is taken.
test.use({ allowedErrors: /status of (?:401|403|404|409)/ });

test("Carol opens Ada's link on her phone, types a name and Enter, and talks with Ada; she sees nothing else", async ({
  signInAsAdmin,
  newVisitor,
}) => {
  const ada = await signInAsAdmin();
  const harbour = await makeHarbour(ada);
  await openConversation(ada.page, harbour.name);
  const { page: carol } = await newVisitor(PHONE);
  await carol.goto(harbour.link);
  await expect(carol.getByRole("heading", { level: 1, name: harbour.name })).toBeVisible();
  await expect(carol.getByRole("main")).toContainText(`${ada.name} invites you to`);
  await expect(carol.getByRole("main")).toContainText("One person is in it");
  await expect(carol.getByLabel("Your name")).toBeFocused();
  expect(await sidewaysScrollers(carol)).toEqual([]);

  await carol.keyboard.type(`Carol of ${harbour.name}`);
  await carol.keyboard.press("Enter");
  await isIn(carol, harbour);
  await isConnected(carol);
  await sendMessage(carol, "Where do I moor?");
  await seesMessage(ada.page, "Where do I moor?");
  await sendMessage(ada.page, "At the red buoy");
  await seesMessage(carol, "At the red buoy");

  await carol.goto("/conversations");
  await isInside(carol);
  await expect(conversationLink(carol, harbour.name)).toBeVisible();
  await expect(conversationLink(carol, "General")).toHaveCount(0);
});

test("Carol's name is taken: she is told beside the field, and takes the one that is offered", async ({
  signInAsAdmin,
  newVisitor,
  newPerson,
}) => {
  const harbour = await makeHarbour(await signInAsAdmin());
  const { name: taken } = await newPerson("Carol");
  const { page } = await newVisitor(PHONE);
  await page.goto(harbour.link);
  await joinsAs(page, taken);
  await expect(page.getByLabel("Your name")).toHaveAccessibleDescription(/already in use/);
  await page.getByRole("button", { name: `Take “${taken} 2” instead` }).click();
  await isIn(page, harbour);
  await page.goto("/conversations");
  await openAccountMenu(page);
  await expect(page.getByRole("menu")).toContainText(`${taken} 2`);
});

test("Ben, who is signed in, joins with one press; the link leads him there the next time as well", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const harbour = await makeHarbour(await signInAsAdmin());
  const ben = await newPerson("Ben");
  await ben.page.goto(harbour.link);
  await ben.page.getByRole("button", { name: `Join as ${ben.name}` }).click();
  await isIn(ben.page, harbour);
  await sendMessage(ben.page, "Aboard");
  await seesConfirmed(ben.page, "Aboard");

  await ben.page.goto("about:blank");
  await ben.page.goto(harbour.link);
  await expect(ben.page.getByRole("main")).toContainText("2 people are in it");
  await ben.page.getByRole("button", { name: `Join as ${ben.name}` }).click();
  await isIn(ben.page, harbour);
  await seesMessage(ben.page, "Aboard", 5_000);
});

test("Ben, whom Ada has removed, is told so by the old link, and comes in by a new one", async ({
  signInAsAdmin,
  newPerson,
}) => {
  const ada = await signInAsAdmin();
  const harbour = await makeHarbour(ada);
  const ben = await newPerson("Ben");
  const join = ben.page.getByRole("button", { name: `Join as ${ben.name}` });
  await ben.page.goto(harbour.link);
  await join.click();
  await isIn(ben.page, harbour);
  const membership = `/api/v1/conversations/${harbour.id}/members/${ben.id}`;
  expect((await ada.context.request.delete(membership)).ok()).toBe(true);
  await ben.page.goto("about:blank");
  await ben.page.goto(harbour.link);
  await join.click();
  await expect(ben.page.getByText("You were taken out of this group.")).toBeVisible();

  await ben.page.goto((await createInvite(ada, harbour.id)).link);
  await join.click();
  await isIn(ben.page, harbour);
});

test("Ben signs in from the invitation and comes back to it; its secret is never sent to the server", async ({
  signInAsAdmin,
  newPerson,
  newVisitor,
}) => {
  const harbour = await makeHarbour(await signInAsAdmin());
  const ben = await newPerson("Ben");
  const { page } = await newVisitor(PHONE);
  const secret = harbour.link.split("#")[1] ?? "no secret";
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.url()} ${request.headers().referer ?? ""}`));
  await page.goto(harbour.link);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Username or e-mail").fill(ben.name);
  await page.getByLabel("Password", { exact: true }).fill(ben.password);
  await page.reload();
  await page.getByLabel("Username or e-mail").fill(ben.name);
  await page.getByLabel("Password", { exact: true }).fill(ben.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: `Join as ${ben.name}` }).click();
  await isIn(page, harbour);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((each) => each.includes(secret))).toEqual([]);
});

test("Carol makes an account from the invitation, and is in the conversation", async ({
  signInAsAdmin,
  newVisitor,
}) => {
  const harbour = await makeHarbour(await signInAsAdmin());
  const { page } = await newVisitor(PHONE);
  await page.goto(harbour.link);
  await page.getByRole("link", { name: "Create an account" }).click();
  const username = `Carol from ${harbour.name}`;
  await page.getByLabel("Username", { exact: true }).fill(username);
  await page.getByLabel("E-mail", { exact: true }).fill(`${username.replaceAll(" ", ".")}@example.org`);
  await page.getByLabel("Password", { exact: true }).fill("a berth of my own");
  await page.getByRole("button", { name: "Create account" }).click();
  await isIn(page, harbour);
  await page.goto("/conversations");
  await openAccountMenu(page);
  await expect(page.getByRole("menu")).toContainText("Member");
});

test("Carol opens a link that Ada took back, and half a link: both say what to do", async ({
  signInAsAdmin,
  newVisitor,
}) => {
  const ada = await signInAsAdmin();
  const harbour = await makeHarbour(ada);
  const { page } = await newVisitor();
  await page.goto(harbour.link);
  await page.getByLabel("Your name").fill("Carol too late");
  expect((await ada.context.request.delete(harbour.resource)).ok()).toBe(true);
  await page.getByRole("button", { name: "Join the conversation" }).click();
  await expect(page.getByText("This link is no longer valid. Ask for a new one.")).toBeVisible();

  await page.reload();
  await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
  await expect(page.getByText("Ask whoever sent it to you for a new one.")).toBeVisible();
  await page.goto("/join");
  await expect(page.getByRole("heading", { name: "This link is incomplete" })).toBeVisible();
  await page.getByRole("link", { name: "Go to sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("Ada lets in nobody without an invitation: Carol makes an account by a link, and a guest is sent to sign in", async ({
  ownServer,
  signInAsAdmin,
  newVisitor,
}) => {
  const options = { server: ownServer };
  const ada = await signInAsAdmin(options);
  const harbour = await makeHarbour(ada);
  const settings = { registration: "invite", guests: false };
  expect((await ada.context.request.patch("/api/v1/workspace", { data: settings })).ok()).toBe(true);
  const made = await ada.context.request.post("/api/v1/invites", { data: {} });
  const { page } = await newVisitor(options);
  await page.goto("/login");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Create an account" })).toHaveCount(0);
  await page.goto("/register");
  await expect(page.getByText("An account here needs an invitation.")).toBeVisible();

  await page.goto(`/join#${(await made.json()).invite.token}`);
  await expect(page.getByText(`${ADMIN.username} invites you to make an account here.`)).toBeVisible();
  await page.getByLabel("Username", { exact: true }).fill("Carol");
  await page.getByLabel("E-mail", { exact: true }).fill("carol@example.org");
  await page.getByLabel("Password", { exact: true }).fill("a berth of my own");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/chat/*");
  await isInside(page);

  const closed = { registration: "closed" };
  expect((await ada.context.request.patch("/api/v1/workspace", { data: closed })).ok()).toBe(true);
  const { page: guest } = await newVisitor(options);
  await guest.goto(harbour.link);
  await expect(guest.getByText("Guests cannot enter here.")).toBeVisible();
  await expect(guest.getByLabel("Your name")).toHaveCount(0);
  await guest.getByRole("link", { name: "Sign in" }).click();
  await expect(guest.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("where accounts need an invitation, Carol keeps hers, for she came by a link; Dan came without, and is not offered it", async ({
  ownServer,
  signInAsAdmin,
  newVisitor,
  newGuest,
}) => {
  const options = { server: ownServer };
  const ada = await signInAsAdmin(options);
  const harbour = await makeHarbour(ada);
  const settings = { registration: "invite" };
  expect((await ada.context.request.patch("/api/v1/workspace", { data: settings })).ok()).toBe(true);

  const { page: carol } = await newVisitor(options);
  await carol.goto(harbour.link);
  await joinsAs(carol, "Carol");
  await isIn(carol, harbour);
  await carol.goto("/account");
  const keep = carol.getByRole("region", { name: "Keep this account" });
  await keep.getByLabel("E-mail address").fill("carol@example.org");
  await keep.getByLabel("Password", { exact: true }).fill("a berth of my own");
  await keep.getByRole("button", { name: "Keep this account" }).click();
  await expect(carol.getByText("This account is yours now.")).toBeVisible();

  const dan = await newGuest("Dan", options);
  await dan.page.goto("/account");
  await expect(dan.page.getByRole("region", { name: "Profile" })).toContainText("Your visit lasts until");
  await expect(dan.page.getByRole("region", { name: "Keep this account" })).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`Carol is shut out of no invitation in the ${colorScheme} theme, and reads it at 360 px`, async ({
    signInAsAdmin,
    newVisitor,
    newPerson,
  }) => {
    const harbour = await makeHarbour(await signInAsAdmin());
    const [carol, ben] = [
      await newVisitor({ colorScheme, ...PHONE }),
      await newPerson("Ben", { colorScheme, ...PHONE }),
    ];
    const found: Record<string, string[]> = {};
    const look = async (name: string, page: Page) => {
      await settled(page);
      found[name] = [...(await seriousViolations(page)), ...(await sidewaysScrollers(page))];
    };
    await carol.page.goto(harbour.link);
    await look("a guest's", carol.page);
    await joinsAs(carol.page, ben.name);
    await expect(carol.page.getByRole("button", { name: /^Take “/ })).toBeVisible();
    await look("a name taken", carol.page);
    await carol.page.getByRole("link", { name: "Create an account" }).click();
    await look("an account", carol.page);
    await carol.page.goto("/join#nothing");
    await carol.page.reload();
    await look("invalid", carol.page);
    await ben.page.goto(harbour.link);
    await look("a member's", ben.page);
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
  });
}
