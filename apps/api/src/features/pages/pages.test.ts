import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, TestClient } from "../../../test/test-client.ts";
import { DOCUMENT, makeTinyWebApp } from "../../../test/tiny-web-app.ts";

let web: Awaited<ReturnType<typeof makeTinyWebApp>>;
let server: TestServer;
let general: string;
/** A group of the administrator alone. */
let foreign: string;
const callers: Record<string, TestClient> = {};

beforeAll(async () => {
  web = await makeTinyWebApp();
  server = await startServer({}, { distDir: web.distDir });
  callers.nobody = new TestClient(server.url);
  callers["a guest"] = await newGuest(server.url, "Carol");
  callers["a user"] = await newUser(server.url, "Ben");
  const ada = await newAdministrator(server, "Ada");
  callers["an administrator"] = ada;
  general = (await ada.get("/api/v1/conversations")).body.conversations[0].id;
  const made = await ada.post("/api/v1/conversations", { kind: "group", name: "Alone", member_ids: [] });
  foreign = made.body.conversation.id;
});
afterAll(async () => {
  await server.stop();
  await web.remove();
});

/** How a browser asks for a page. */
const NAVIGATION = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

const signIn = (path: string) => `/login?next=${encodeURIComponent(path)}`;
const CONVERSATIONS = "/conversations";
const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";

/** A status of the document, or where the answer sends on to (302). */
type Expected = 200 | 403 | 404 | string;
const WHO = ["nobody", "a guest", "a user", "an administrator"] as const;

/** reference.md, Pages: path, then what each of WHO gets. `:general` and `:foreign` stand for conversations. */
const TABLE: [string, Expected, Expected, Expected, Expected][] = [
  ["/", "/login", CONVERSATIONS, CONVERSATIONS, CONVERSATIONS],
  ["/conversations", signIn("/conversations"), 200, 200, 200],
  ["/conversations/:general", signIn("/conversations/:general"), 200, 200, 200],
  ["/conversations/:foreign", signIn("/conversations/:foreign"), 404, 404, 200],
  [`/conversations/${UNKNOWN}`, signIn(`/conversations/${UNKNOWN}`), 404, 404, 404],
  ["/conversations/not-an-id", signIn("/conversations/not-an-id"), 404, 404, 404],
  ["/conversations/%00", signIn("/conversations/%00"), 404, 404, 404],
  [`/chat/${"x".repeat(90)}`, signIn(`/chat/${"x".repeat(90)}`), 404, 404, 404],
  ["/chat/:general", signIn("/chat/:general"), 200, 200, 200],
  ["/chat/:foreign", signIn("/chat/:foreign"), 404, 404, 200],
  [`/chat/${UNKNOWN}`, signIn(`/chat/${UNKNOWN}`), 404, 404, 404],
  ["/chat/not-an-id", signIn("/chat/not-an-id"), 404, 404, 404],
  ["/groups", signIn("/groups"), 403, 403, 200],
  ["/groups/create", signIn("/groups/create"), 403, 403, 200],
  ["/users", signIn("/users"), 403, 403, 200],
  ["/settings", signIn("/settings"), 403, 403, 200],
  ["/audit", signIn("/audit"), 403, 403, 200],
  ["/audit?action=member.left", signIn("/audit?action=member.left"), 403, 403, 200],
  ["/account", signIn("/account"), 200, 200, 200],
  ["/join", 200, 200, 200, 200],
  ["/join?as=account", 200, 200, 200, 200],
  ["/reset-password", 200, 200, 200, 200],
  ["/register", 200, CONVERSATIONS, CONVERSATIONS, CONVERSATIONS],
  ["/login", 200, CONVERSATIONS, CONVERSATIONS, CONVERSATIONS],
  ["/auth/login", 200, CONVERSATIONS, CONVERSATIONS, CONVERSATIONS],
  ["/guest", 200, CONVERSATIONS, CONVERSATIONS, CONVERSATIONS],
  ["/setup", 200, 200, 200, 200],
  ["/login?next=%2Fusers", 200, CONVERSATIONS, CONVERSATIONS, CONVERSATIONS],
  ["/conversations?q=a%26b", signIn("/conversations?q=a%26b"), 200, 200, 200],
  ["/nothing-here", 404, 404, 404, 404],
  ["/chat", 404, 404, 404, 404],
  ["/join/nonsense", 404, 404, 404, 404],
  ["/account/sessions", 404, 404, 404, 404],
  ["/conversations/:general/nothing", 404, 404, 404, 404],
  ["/logout/", 404, 404, 404, 404],
  ["/%E2%82%AC", 404, 404, 404, 404],
];

const CASES = TABLE.flatMap(([path, ...expected]) =>
  WHO.map((who, index) => ({ path, who, expected: expected[index] ?? 404 })),
);
const withIds = <Text>(text: Text) =>
  typeof text === "string" ? text.replace(":general", general).replace(":foreign", foreign) : text;
/** Inside `next` the colon is escaped. */
const withEscapedIds = <Text>(text: Text) =>
  typeof text === "string" ? text.replace("%3Ageneral", general).replace("%3Aforeign", foreign) : text;

describe.each(CASES)("GET $path", ({ path, who, expected }) => {
  it(`answers ${who}: ${expected}`, async () => {
    const caller = callers[who];
    const answer = await caller?.get(withIds(path), NAVIGATION);
    if (typeof expected === "number") {
      expect(answer?.status).toBe(expected);
      expect(answer?.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer?.body).toBe(DOCUMENT);
      expect(answer?.headers.get("cache-control")).toBe("no-store");
    } else {
      expect(answer?.status).toBe(302);
      expect(answer?.headers.get("location")).toEqual(withEscapedIds(expected));
    }
    const head = await caller?.send("HEAD", withIds(path), undefined, NAVIGATION);
    expect(head?.status).toBe(answer?.status);
    expect(head?.body).toBe("");
  });
});

describe("GET /groups/create", () => {
  it("is for users as long as the workspace lets them create groups", async () => {
    const statuses = () =>
      Promise.all(WHO.map(async (who) => (await callers[who]?.get("/groups/create", NAVIGATION))?.status));
    const choose = (group_creation: string) =>
      callers["an administrator"]?.send("PATCH", "/api/v1/workspace", { group_creation });
    await choose("users");
    expect(await statuses()).toEqual([302, 403, 200, 200]);
    await choose("admins");
    expect(await statuses()).toEqual([302, 403, 403, 200]);
  });
});

describe("a page", () => {
  it("tells browsers to run only our own scripts, and to be framed by nobody", async () => {
    const { headers } = await new TestClient(server.url).get("/login", NAVIGATION);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBeNull();
  });

  it("sends on only to addresses of this server", async () => {
    for (const path of ["//example.com/conversations", "/\\example.com", "//example.com"]) {
      const answer = await new TestClient(server.url).send("GET", path, undefined, NAVIGATION).catch(() => null);
      expect(answer?.headers.get("location") ?? "").not.toMatch(/example\.com\//);
      expect(answer?.status).toBe(404);
    }
  });
});

describe("an address nobody serves", () => {
  it.each([
    ["a program", {}],
    ["a program that wants JSON", { accept: "application/json" }],
    ["an image of a page", { accept: "image/avif,image/webp,*/*;q=0.8" }],
  ])("is a 404 problem for %s", async (_who, headers) => {
    const answer = await new TestClient(server.url).get("/nothing-here", headers);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status: 404, code: "not_found", message: expect.stringMatching(/\.$/) });
  });

  it("is a 404 problem for a post, whatever it accepts", async () => {
    const answer = await new TestClient(server.url).post("/nothing-here", {}, NAVIGATION);
    expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
  });
});

describe("the built web app's files", () => {
  it.each([
    ["/assets/app-1a2b3c.js", /javascript/, "public, max-age=31536000, immutable"],
    ["/favicon.svg", /^image\/svg\+xml/, "no-cache"],
    ["/theme.js", /javascript/, "no-cache"],
  ])("%s is served to anybody", async (path, type, caching) => {
    const answer = await new TestClient(server.url).get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(type);
    expect(answer.headers.get("cache-control")).toBe(caching);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it.each([
    "/assets/missing.js",
    "/assets/",
    "/assets/../index.html",
    "/assets/..%2findex.html",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/assets/%00",
    "/assets/..%5cindex.html",
    "/index.html",
    "/assets/.hidden",
  ])("%s is not there", async (path) => {
    const answer = await new TestClient(server.url).get(path, { accept: "*/*" });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  });
});

describe("before the web app is built", () => {
  it("pages keep their statuses and say what to do", async () => {
    const bare = await startServer({}, { distDir: `${web.distDir}/missing` });
    try {
      const answer = await new TestClient(bare.url).get("/login", NAVIGATION);
      expect(answer.status).toBe(200);
      expect(answer.body).toContain("has not been built");
      expect((await new TestClient(bare.url).get("/users", NAVIGATION)).status).toBe(302);
    } finally {
      await bare.stop();
    }
  });
});
