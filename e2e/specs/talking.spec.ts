import { expect } from "@playwright/test";
import { test } from "../src/fixtures.ts";
import {
  composer,
  enterAsGuest,
  messageList,
  messagesOf,
  openConversation,
  register,
  seesConfirmed,
  seesMessage,
  sendMessage,
  signIn,
  textsOf,
} from "../src/verbs.ts";

test("Ada and Ben register, sign in, open General and see each other's messages within a second", async ({
  newVisitor,
}, testInfo) => {
  const mark = `${testInfo.workerIndex}${Date.now().toString(36)}`;
  const comesIn = async (firstName: string) => {
    const name = `${firstName} ${mark}`;
    const password = `${name} likes tea`;
    const atHome = await newVisitor();
    await register(atHome.page, { name, email: `${firstName}.${mark}@example.org`, password });
    await atHome.context.close();
    const { page } = await newVisitor();
    await signIn(page, name, password);
    await openConversation(page, "General");
    return page;
  };
  const [ada, ben] = [await comesIn("Ada"), await comesIn("Ben")];

  for (let turn = 1; turn <= 3; turn += 1) {
    await sendMessage(ada, `${mark} Ada says ${turn}`);
    await seesMessage(ben, `${mark} Ada says ${turn}`);
    await sendMessage(ben, `${mark} Ben says ${turn}`);
    await seesMessage(ada, `${mark} Ben says ${turn}`);
  }

  const expected = [1, 2, 3].flatMap((turn) => [`${mark} Ada says ${turn}`, `${mark} Ben says ${turn}`]);
  expect(await textsOf(ada, mark)).toEqual(expected);
  expect(await textsOf(ben, mark)).toEqual(expected);
  const seen = (await messagesOf(ben)).filter(({ text }) => text.startsWith(mark));
  expect(await messagesOf(ada)).toEqual(expect.arrayContaining(seen));
});

test("Ada and Ben write at the same moment and see one order", async ({ newPerson }, testInfo) => {
  const mark = `${testInfo.workerIndex}-race`;
  const tall = { viewport: { width: 1280, height: 2400 } };
  const [ada, ben] = [await newPerson("Ada", tall), await newPerson("Ben", tall)];
  for (const { page } of [ada, ben]) await openConversation(page, "General");

  const writes = async (page: typeof ada.page, name: string) => {
    for (let n = 1; n <= 10; n += 1) await sendMessage(page, `${mark} ${name} ${n}`);
  };
  await Promise.all([writes(ada.page, "Ada"), writes(ben.page, "Ben")]);

  for (const { page } of [ada, ben]) {
    for (const name of ["Ada", "Ben"]) await seesConfirmed(page, `${mark} ${name} 10`);
    await expect.poll(() => textsOf(page, mark)).toHaveLength(20);
  }
  const onAdasScreen = (await messagesOf(ada.page)).filter(({ text }) => text.startsWith(mark));
  expect((await messagesOf(ben.page)).filter(({ text }) => text.startsWith(mark))).toEqual(onAdasScreen);
  expect(onAdasScreen.map(({ seq }) => seq)).toEqual(
    onAdasScreen.map((_, index) => (onAdasScreen[0]?.seq ?? 0) + index),
  );
});

test("Carol comes in as a guest by her name only, and talks with Ben", async ({ newVisitor, newPerson }, testInfo) => {
  const ben = await newPerson("Ben");
  await openConversation(ben.page, "General");
  const { page: carol } = await newVisitor();
  const name = `Carol ${testInfo.workerIndex}${Date.now().toString(36)}`;
  await enterAsGuest(carol, name);
  await openConversation(carol, "General");

  await sendMessage(carol, `${name} says hello`);
  await seesMessage(ben.page, `${name} says hello`);
  await sendMessage(ben.page, `welcome, ${name}`);
  await seesMessage(carol, `welcome, ${name}`);
});

test("Ben writes to Carol alone, and the conversation appears in her list at once", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  await carol.page.goto("/conversations");
  await ben.page.goto("/conversations");
  await ben.page.getByRole("button", { name: "New", exact: true }).click();
  await ben.page.getByLabel("Search people").fill(carol.name);
  await ben.page.getByRole("dialog").getByRole("button", { name: carol.name }).click();
  await ben.page.waitForURL("**/chat/*");
  await sendMessage(ben.page, `for ${carol.name} only`);

  await openConversation(carol.page, ben.name);
  await seesMessage(carol.page, `for ${carol.name} only`);
});

test("Carol sees Ben's Markdown as formatting and his HTML as the text he typed", async ({ newPerson }) => {
  const [ben, carol] = [await newPerson("Ben"), await newPerson("Carol")];
  for (const { page } of [ben, carol]) await openConversation(page, "General");
  const mark = ben.name.replace(" ", "-");

  await sendMessage(ben.page, `**bold-${mark}** and \`code-${mark}\``);
  await expect(carol.page.locator("strong", { hasText: `bold-${mark}` })).toBeVisible();
  await expect(carol.page.locator("code", { hasText: `code-${mark}` })).toBeVisible();

  const html = `<img src=x onerror="document.title='owned'"> ${mark}`;
  await sendMessage(ben.page, html);
  await seesMessage(carol.page, html);
  await expect(carol.page.locator('img[src="x"]')).toHaveCount(0);
  expect(await carol.page.title()).not.toContain("owned");
});

test("Ben writes a line break with Shift+Enter and sends with Enter", async ({ newPerson }) => {
  const ben = await newPerson("Ben");
  await openConversation(ben.page, "General");
  await composer(ben.page).fill(`${ben.name} one`);
  await composer(ben.page).press("Shift+Enter");
  await composer(ben.page).pressSequentially("two");
  await composer(ben.page).press("Enter");
  const written = messageList(ben.page).locator("[data-message-content]", { hasText: `${ben.name} one` });
  await expect(written).toHaveText(`${ben.name} one two`, { useInnerText: true });
  await expect(written.locator("br")).toHaveCount(1);
});

// ownServer is named first, so that it goes last: after the pages that would miss it.
test("Ben finds the conversation as he left it after the server was started again", async ({
  ownServer,
  newPerson,
}) => {
  const ben = await newPerson("Ben", { server: ownServer });
  await openConversation(ben.page, "General");
  await sendMessage(ben.page, "before the restart");
  await seesConfirmed(ben.page, "before the restart");
  const before = await messagesOf(ben.page);

  await ben.page.goto("about:blank");
  await ownServer.restart();
  await openConversation(ben.page, "General");
  await seesMessage(ben.page, "before the restart", 10_000);
  expect(await messagesOf(ben.page)).toEqual(before);
});
