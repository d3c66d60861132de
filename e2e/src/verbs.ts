import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";

/** What people do and see, in the product's words. */

export interface SeenMessage {
  id: string;
  seq: number;
  text: string;
}

export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Username or e-mail").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await isInside(page);
}

export async function register(page: Page, account: { name: string; email: string; password: string }): Promise<void> {
  await page.goto("/register");
  await page.getByLabel("Username", { exact: true }).fill(account.name);
  await page.getByLabel("E-mail", { exact: true }).fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await isInside(page);
}

export async function enterAsGuest(page: Page, name: string): Promise<void> {
  await page.goto("/guest");
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Enter as guest" }).click();
  await isInside(page);
}

/** Whoever is signed in has their conversations before them, whichever page they landed on. */
export async function isInside(page: Page): Promise<void> {
  await expect(page.getByRole("navigation", { name: "Conversations" }).getByRole("link").first()).toBeVisible();
}

export function conversationLink(page: Page, name: string): Locator {
  return page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: startingWith(name) });
}

/** The number on a conversation in the list; absent when everything is read. */
export function unreadBadge(page: Page, name: string): Locator {
  return conversationLink(page, name).locator("[data-unread]");
}

/** Goes to a conversation by its link in the list, and waits until it can be talked in. */
export async function openConversation(page: Page, name: string): Promise<void> {
  if (page.url() === "about:blank") await page.goto("/conversations");
  await conversationLink(page, name).click();
  await page.waitForURL("**/chat/*");
  await expect(messageList(page)).toBeVisible();
  await expect(composer(page)).toBeEnabled();
}

/** These people have the conversation open, and hear what is said in it. */
export async function areIn(name: string, ...people: { page: Page }[]): Promise<void> {
  for (const { page } of people) {
    await openConversation(page, name);
    await isConnected(page);
  }
}

/** Closes the conversation without leaving the app: back to the list of all. */
export async function leaveConversation(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Confab", exact: true }).click();
  await page.waitForURL("**/conversations");
}

export function messageList(page: Page): Locator {
  return page.getByRole("log", { name: "Messages" });
}

export function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: "Message" });
}

export function messageRow(page: Page, text: string): Locator {
  return messageList(page)
    .locator("[data-message-id]")
    .filter({ has: page.getByText(text, { exact: true }) });
}

/** The line that says who is typing; absent while nobody is. */
export function typingLine(page: Page): Locator {
  return page.locator("[data-typing]");
}

export function newMessagesDivider(page: Page): Locator {
  return messageList(page).getByRole("separator", { name: "New messages" });
}

export async function sendMessage(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("");
}

/** Somebody sends that many messages, one after the other, and sees them confirmed; their texts. */
export async function writes({ page, name }: { page: Page; name: string }, count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);
  for (const text of texts) await sendMessage(page, text);
  await seesConfirmed(page, texts.at(-1) ?? "");
  return texts;
}

/** The message stands on this screen, once, within a second unless told otherwise. */
export async function seesMessage(page: Page, text: string, within = 1_000): Promise<void> {
  await expect(messageRow(page, text)).toBeVisible({ timeout: within });
  await expect(messageRow(page, text)).toHaveCount(1);
}

/** The server has confirmed the message: it has its place in the conversation. */
export async function seesConfirmed(page: Page, text: string): Promise<void> {
  await expect(messageRow(page, text)).toHaveAttribute("data-seq", /^[1-9]\d*$/);
}

/** The messages on the screen from top to bottom. The list is virtual: rows far outside the window are not there. */
export async function messagesOf(page: Page): Promise<SeenMessage[]> {
  return messageList(page)
    .locator("[data-message-id]")
    .evaluateAll((rows) =>
      rows
        .map((row) => ({
          top: row.getBoundingClientRect().top,
          id: row.getAttribute("data-message-id") ?? "",
          seq: Number(row.getAttribute("data-seq") ?? Number.NaN),
          text: row.querySelector("[data-message-content]")?.textContent?.trim() ?? "",
        }))
        .sort((a, b) => a.top - b.top)
        .map(({ id, seq, text }) => ({ id, seq, text })),
    );
}

/** The texts on the screen that begin with `prefix`, from top to bottom. */
export async function textsOf(page: Page, prefix: string): Promise<string[]> {
  return (await messagesOf(page)).map(({ text }) => text).filter((text) => text.startsWith(prefix));
}

/** Opens the menu under one's own name. */
export async function openAccountMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Your account" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
}

/**
 * Two people have the same messages in the same order. The list is virtual, and how far above the window it keeps rows
 * may differ by a row: compared is what both screens hold, from the newest up.
 */
export async function seeTheSame(one: Page, other: Page): Promise<void> {
  const [ones, others] = [await messagesOf(one), await messagesOf(other)];
  const from = Math.max(ones[0]?.seq ?? Number.NaN, others[0]?.seq ?? Number.NaN);
  expect(from).toBeGreaterThan(0);
  const shared = (messages: SeenMessage[]) => messages.filter(({ seq }) => seq >= from);
  expect(shared(ones)).toEqual(shared(others));
}

export async function isConnected(page: Page): Promise<void> {
  await expect(connectionStatus(page)).toHaveAttribute("data-connection", "live", { timeout: 15_000 });
}

export async function isDisconnected(page: Page): Promise<void> {
  await expect(connectionStatus(page)).not.toHaveAttribute("data-connection", "live");
}

/** Whoever is cut off is told so, once it lasts longer than a moment. */
export async function saysReconnecting(page: Page): Promise<void> {
  await expect(connectionStatus(page)).toContainText("Reconnecting…");
}

function connectionStatus(page: Page): Locator {
  return page.locator("[data-connection]");
}

/** The network of this browser is cut: for what it asks anew, and for what was open. */
export async function goesOffline(context: BrowserContext): Promise<void> {
  await context.setOffline(true);
}

export async function comesBack(context: BrowserContext): Promise<void> {
  await context.setOffline(false);
}

function startingWith(name: string): RegExp {
  return new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "u");
}
