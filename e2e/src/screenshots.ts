import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { chromiumLaunchOptions } from "./chromium.ts";

// Takes the README's pictures from the demo: `pnpm screenshots`.

const ROOT = path.resolve(import.meta.dirname, "../..");
const FOLDER = path.join(ROOT, "docs/screenshots");
const PORT = "3999";
const DEMO = `http://127.0.0.1:${PORT}`;

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780, isMobile: true };

const ADA = "Ada Moreau";

type Screen = { width: number; height: number; isMobile?: boolean };
type Theme = "light" | "dark";

async function startDemo() {
  const demo = spawn(process.execPath, ["apps/api/src/cli/demo.ts"], {
    cwd: ROOT,
    env: { ...process.env, PORT, HOST: "127.0.0.1", DATABASE_URL: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    demo.stdout.on("data", (chunk: Buffer) => chunk.includes("The demo is ready") && resolve());
    demo.once("exit", (code) => reject(new Error(`The demo ended (${code}) before it was ready.`)));
  });
  return demo;
}

async function signedIn(browser: Browser, name: string, theme: Theme, screen: Screen): Promise<Page> {
  const { isMobile = false, ...viewport } = screen;
  const context = await browser.newContext({
    colorScheme: theme,
    viewport,
    isMobile,
    hasTouch: isMobile,
    deviceScaleFactor: 2,
    baseURL: DEMO,
  });
  const password = `${name.split(" ")[0]?.toLowerCase()} tries the demo`;
  await context.request.post("/login", { data: { username: name, password } });
  return context.newPage();
}

/** Somebody else who is there, and about to say something. */
async function typingCompany(browser: Browser, name: string): Promise<() => Promise<void>> {
  const page = await signedIn(browser, name, "light", DESKTOP);
  await openGroup(page, "Launch week");
  return () => page.getByRole("textbox", { name: "Message" }).pressSequentially("One more thing ");
}

async function openGroup(page: Page, name: string): Promise<void> {
  await page.goto("/conversations");
  await page
    .getByRole("link", { name: new RegExp(`^${name}`) })
    .first()
    .click();
  await page.getByRole("log", { name: "Messages" }).locator("[data-message-id]").first().waitFor();
}

async function keep(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: "disabled" });
}

async function picturesIn(browser: Browser, theme: Theme, emiTypes: () => Promise<void>): Promise<void> {
  const page = await signedIn(browser, ADA, theme, DESKTOP);
  await openGroup(page, "Launch week");
  await emiTypes();
  await page.locator("[data-typing]").filter({ hasText: "Emi" }).waitFor();
  await keep(page, `chat-${theme}`);
  await page.goto("/conversations");
  await page
    .getByRole("link", { name: /^Design/ })
    .last()
    .waitFor();
  await keep(page, `conversations-${theme}`);
  await page.goto("/users");
  await page.getByText("emi@example.org").waitFor();
  await keep(page, `users-${theme}`);
  const visitor = await browser.newContext({
    colorScheme: theme,
    viewport: DESKTOP,
    deviceScaleFactor: 2,
    baseURL: DEMO,
  });
  const door = await visitor.newPage();
  await door.goto("/login");
  await door.getByRole("button", { name: "Sign in" }).waitFor();
  await keep(door, `login-${theme}`);
}

async function picturesOnAPhone(browser: Browser): Promise<void> {
  const page = await signedIn(browser, ADA, "light", PHONE);
  await page.goto("/conversations");
  await page
    .getByRole("link", { name: /^Design/ })
    .first()
    .waitFor();
  await keep(page, "conversations-phone");
  await openGroup(page, "Launch week");
  await keep(page, "chat-phone");
  await pictureOfAnInvite(browser, page);
}

/** What a guest sees behind the link. */
async function pictureOfAnInvite(browser: Browser, owner: Page): Promise<void> {
  const id = new URL(owner.url()).pathname.split("/").at(-1);
  const made = await owner.request.post(`/api/v1/conversations/${id}/invites`, { data: { label: "For the printers" } });
  const { invite } = await made.json();
  const { isMobile, ...viewport } = PHONE;
  const guest = await browser.newContext({ viewport, isMobile, deviceScaleFactor: 2, baseURL: DEMO });
  const page = await guest.newPage();
  await page.goto(`/join#${invite.token}`);
  await page.getByRole("button", { name: "Join the conversation" }).waitFor();
  await keep(page, "join-phone");
}

await mkdir(FOLDER, { recursive: true });
const demo = await startDemo();
try {
  const browser = await chromium.launch(await chromiumLaunchOptions());
  const emiTypes = await typingCompany(browser, "Emi Tanaka");
  await typingCompany(browser, "Ben Okafor");
  await picturesIn(browser, "light", emiTypes);
  await picturesIn(browser, "dark", emiTypes);
  await picturesOnAPhone(browser);
  await browser.close();
} finally {
  const gone = once(demo, "exit");
  demo.kill("SIGTERM");
  await gone;
}
