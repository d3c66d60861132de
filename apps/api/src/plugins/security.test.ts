import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { freshName, newUser, PASSWORD, TestClient } from "../../test/test-client.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** What browsers, old and new, say of where a request comes from; OWN stands for the server's own origin. */
const OWN = "own";
const FOREIGN: [string, Record<string, string>][] = [
  ["another site", { origin: "https://mallory.example", "sec-fetch-site": "cross-site" }],
  ["another site, from a browser without Sec-Fetch-Site", { origin: "https://mallory.example" }],
  ["another site, with the origin withheld", { origin: "null", "sec-fetch-site": "cross-site" }],
  ["a sandboxed frame, from a browser without Sec-Fetch-Site", { origin: "null" }],
  ["another site, without an Origin", { "sec-fetch-site": "cross-site" }],
  ["a neighbour below the same domain", { origin: "https://other.example", "sec-fetch-site": "same-site" }],
  ["another port of this machine", { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }],
  ["an origin that only begins like ours", { origin: "OWN.mallory.example" }],
  ["an empty origin", { origin: "" }],
];
const WELCOME: [string, Record<string, string>][] = [
  ["a program, which says nothing", {}],
  ["our own page", { origin: OWN, "sec-fetch-site": "same-origin" }],
  ["our own page, from a browser without Sec-Fetch-Site", { origin: OWN }],
  ["the address bar", { "sec-fetch-site": "none" }],
];

function headersOf(said: Record<string, string>): Record<string, string> {
  const entries = Object.entries(said).map(([name, value]) => [
    name,
    value === OWN ? server.url : value.replace("OWN", server.url),
  ]);
  return Object.fromEntries(entries);
}

describe("a state-changing request from elsewhere", () => {
  it.each(FOREIGN)("is refused when it comes from %s", async (_where, said) => {
    const ada = await newUser(server.url, freshName("Ada"));
    const users = await server.db.user.count();
    const refused = await Promise.all([
      ada.post("/logout", undefined, headersOf(said)),
      ada.post("/login", { username: ada.person.username, password: PASSWORD }, headersOf(said)),
      ada.post("/guest", `username=${freshName("Carol")}`, { ...FORM, ...headersOf(said) }),
      ada.post("/api/v1/conversations", { kind: "group", name: "x", member_ids: [] }, headersOf(said)),
    ]);
    for (const answer of refused) {
      expect([answer.status, answer.body.code]).toEqual([403, "origin_refused"]);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect((await ada.get("/api/v1/me")).status).toBe(200);
    expect(await server.db.user.count()).toBe(users);
  });

  it.each(WELCOME)("is obeyed when it comes from %s", async (_where, said) => {
    const ada = await newUser(server.url, freshName("Ada"));
    const answer = await ada.post("/login", { username: ada.person.username, password: PASSWORD }, headersOf(said));
    expect(answer.status).toBe(200);
    expect((await ada.post("/logout", undefined, headersOf(said))).status).toBe(204);
  });

  it("is no matter for reading, which changes nothing", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await ada.get("/conversations", link)).status).toBe(200);
  });

  it("gets no permission to read answers", async () => {
    const answer = await new TestClient(server.url).get("/api/v1/workspace", { origin: "https://mallory.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
  });
});

describe("every answer", () => {
  it.each([
    ["a page", "GET", "/login", 200],
    ["a page's head", "HEAD", "/login", 200],
    ["JSON", "GET", "/api/v1/workspace", 200],
    ["a redirect", "GET", "/conversations", 302],
    ["a refusal", "GET", "/api/v1/me", 401],
    ["that there is no such page", "GET", "/nothing/here", 404],
    ["that there is no such route", "POST", "/nothing/here", 404],
    ["that only a socket is offered there", "GET", "/ws", 401],
  ])("(%s) keeps browsers from framing it, and from guessing what it is", async (_what, method, path, status) => {
    const answer = await fetch(server.url + path, { method, redirect: "manual" });
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
    });
  });
});

describe("behind https", () => {
  const origin = "https://chat.example.org";
  let secure: TestServer;

  beforeAll(async () => {
    secure = await startServer({ PUBLIC_URL: `${origin}/` });
  });
  afterAll(() => secure.stop());

  async function enter(headers: Record<string, string> = {}): Promise<{ cookie: string; attributes: string[] }> {
    const client = new TestClient(secure.url);
    const answer = await client.post("/guest", { username: freshName("Carol") }, headers);
    const [pair = "", ...attributes] = answer.headers.getSetCookie()[0]?.split("; ") ?? [];
    return { cookie: pair, attributes };
  }

  it("the session cookie is __Host- and Secure, so that no neighbour and no plain connection can set it", async () => {
    const { cookie, attributes } = await enter();
    expect(cookie).toMatch(/^__Host-confab_session=[A-Za-z0-9_-]{43}$/);
    expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
    expect((await new TestClient(secure.url).get("/api/v1/me", { cookie })).status).toBe(200);
  });

  it("a session cookie by the plain name opens nothing", async () => {
    const { cookie } = await enter();
    const plain = cookie.replace("__Host-", "");
    expect((await new TestClient(secure.url).get("/api/v1/me", { cookie: plain })).status).toBe(401);
  });

  it("signing out clears the cookie under the same name", async () => {
    const { cookie } = await enter();
    const answer = await new TestClient(secure.url).post("/logout", undefined, { cookie });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-confab_session=; .*Secure/);
  });

  it("only the configured origin is ours, whatever name the request was addressed to", async () => {
    expect((await enter({ origin })).cookie).toMatch(/^__Host-/);
    const client = new TestClient(secure.url);
    for (const foreign of [secure.url, "http://chat.example.org", "https://chat.example.org.mallory.example"]) {
      const answer = await client.post("/guest", { username: freshName("Mallory") }, { origin: foreign });
      expect([answer.status, answer.body.code]).toEqual([403, "origin_refused"]);
    }
  });

  it("browsers are told to stay with https", async () => {
    const { headers } = await new TestClient(secure.url).get("/login");
    expect(headers.get("strict-transport-security")).toMatch(/max-age=\d{7,}/);
  });
});
