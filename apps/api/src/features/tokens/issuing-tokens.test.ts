import { tokenAnswerSchema } from "@confab/shared/tokens";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, freshName, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { basic, bearer, claimsOf, newTokens } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;
let anybody: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  anybody = new TestClient(server.url);
});
afterAll(() => server.stop());

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const sessionsOf = (client: TestClient) => server.db.session.count({ where: { user_id: client.person.id } });

/** The whole answer, for this person; and the access token works. */
async function expectTokens(answer: Answer, person: TestClient["person"]): Promise<void> {
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(Object.keys(answer.body)).toEqual(["access_token", "refresh_token", "token_type", "expires_in"]);
  const tokens = tokenAnswerSchema.parse(answer.body);
  expect([tokens.token_type, tokens.expires_in]).toEqual(["Bearer", 600]);
  expect(claimsOf(tokens.access_token).sub).toBe(person.id);
  const me = await anybody.get("/api/v1/me", bearer(tokens.access_token));
  expect([me.status, me.body.me.id]).toEqual([200, person.id]);
}

function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.body.message).toMatch(/\.$/);
  expect(JSON.stringify(answer.body)).not.toContain('token":');
}

describe("POST /token", () => {
  it("gives tokens for a username or an e-mail address, in any case, as JSON", async () => {
    for (const name of [
      { username: "Ada" },
      { username: "aDA" },
      { username: "ADA@example.org" },
      { email: "ada@Example.org" },
    ])
      await expectTokens(await anybody.post("/token", { ...name, password: PASSWORD }), ada.person);
  });

  it("gives tokens for a form, without a redirect", async () => {
    for (const [name, value] of [
      ["username", "Ada"],
      ["username", "ada@example.org"],
      ["email", "ada@example.org"],
    ] as const) {
      const form = new URLSearchParams({ [name]: value, password: PASSWORD }).toString();
      await expectTokens(await anybody.post("/token", form, FORM), ada.person);
    }
  });

  it("opens a session of its own every time, a program's, with where it was opened", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const credentials = { username: ben.person.username, password: PASSWORD };
    await anybody.post("/token", credentials, { "user-agent": "ben-bot/1.0" });
    await anybody.post("/token", credentials, { "user-agent": "ben-bot/1.0" });
    const rows = await server.db.session.findMany({ where: { user_id: ben.person.id, kind: "program" } });
    expect(rows).toHaveLength(2);
    for (const row of rows)
      expect(row).toMatchObject({ device: "ben-bot/1.0", address: "127.0.0.1", token_hash: null, generation: 0 });
  });

  it("answers 401 the same for a wrong password, an unknown name, a guest and an account switched off", async () => {
    const before = await sessionsOf(ada);
    const guest = await newGuest(server.url, freshName("Carol"));
    const ben = await newUser(server.url, freshName("Ben"));
    await server.db.user.update({ where: { id: ben.person.id }, data: { deactivated_at: new Date() } });
    const bodies: object[] = [];
    for (const [username, password] of [
      ["Ada", "a wrong password"],
      ["Nobody", PASSWORD],
      [guest.person.username, PASSWORD],
      [ben.person.username, PASSWORD],
      ["Ada' --", PASSWORD],
    ]) {
      const answer = await anybody.post("/token", { username, password });
      expectRefused(answer, 401, "password_wrong");
      bodies.push({ ...answer.body, request_id: null });
    }
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    expect(await sessionsOf(ada)).toBe(before);
  });

  it.each([
    ["no body", undefined, "request_invalid"],
    ["an empty body", "", "json_malformed"],
    ["half an object", `{"username":`, "json_malformed"],
    ["a list", [], "request_invalid"],
    ["null", "null", "request_invalid"],
    ["no password", { username: "Ada" }, "request_invalid"],
    ["no name", { password: PASSWORD }, "request_invalid"],
    ["two names", { username: "Ada", email: "ada@example.org", password: PASSWORD }, "request_invalid"],
    ["a number for a password", { username: "Ada", password: 1 }, "request_invalid"],
    ["null for a name", { username: null, password: PASSWORD }, "request_invalid"],
    ["U+0000", { username: "Ada\u0000", password: PASSWORD }, "request_invalid"],
    ["half a surrogate pair", `{"username":"\\ud800","password":"x"}`, "request_invalid"],
    ["an endless password", { username: "Ada", password: "x".repeat(257) }, "request_invalid"],
    ["a field too many", { username: "Ada", password: PASSWORD, role: "admin" }, "request_invalid"],
    ["a prototype", `{"__proto__":{},"username":"Ada","password":"x"}`, "request_invalid"],
  ])("answers %s with 400", async (_what, body, code) => {
    expectRefused(await anybody.post("/token", body), 400, code);
  });

  it("answers forms that name a field twice, or are no text, with 400, not with a redirect", async () => {
    for (const form of [
      "username=Ada&username=Ben&password=x",
      "username=%FF&password=x",
      "password=x",
      "username=Ada&password=%ED%A0%80",
    ])
      expect((await anybody.post("/token", form, FORM)).status, form).toBe(400);
    expect((await anybody.post("/token", "username=Ada", { "content-type": "text/plain" })).status).toBe(415);
  });

  it("does not look at whose cookie comes along", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    await expectTokens(await ben.post("/token", { username: "Ada", password: PASSWORD }), ada.person);
  });
});

describe("GET /token", () => {
  it("gives tokens to the session of a browser: a user's and a guest's", async () => {
    const guest = await newGuest(server.url, freshName("Carol"));
    for (const client of [ada, guest]) await expectTokens(await client.get("/token"), client.person);
    expect((await guest.get("/api/v1/me")).status).toBe(200);
  });

  it("gives tokens for HTTP Basic, by username or e-mail address", async () => {
    for (const name of ["Ada", "ada@example.org", "ADA"])
      await expectTokens(await anybody.get("/token", basic(name, PASSWORD)), ada.person);
    const { authorization } = basic("Ada", PASSWORD);
    for (const written of [
      authorization.replace("Basic", "basic"),
      authorization.replace(" ", "  "),
      authorization.replaceAll("=", ""),
    ])
      await expectTokens(await anybody.get("/token", { authorization: written }), ada.person);
  });

  it("reads names and passwords of any alphabet, and colons and blanks in a password", async () => {
    for (const [username, password] of [
      ["Äda Žižková", "pass:word: with :colons:"],
      ["エイダ", "とても長い、パスワード"],
      ["Ada ben Ada", " blanks around "],
    ] as const) {
      const email = `${Buffer.from(username).toString("hex").slice(0, 20)}@example.org`;
      const made = await anybody.post("/register", { username, email, password });
      await expectTokens(await anybody.get("/token", basic(username, password)), made.body.user);
    }
  });

  it("goes by what is said in Authorization, not by the cookie that comes along", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    await expectTokens(await ben.get("/token", basic("Ada", PASSWORD)), ada.person);
    expectRefused(await ben.get("/token", basic("Ada", "wrong")), 401, "password_wrong");
    expectRefused(await ben.get("/token", { authorization: "Digest x" }), 401, "sign_in_required");
  });

  it("does not turn an access token, good for ten minutes, into another family of tokens", async () => {
    const { access_token } = await newTokens(server.url, "Ada");
    const before = await sessionsOf(ada);
    expectRefused(await anybody.get("/token", bearer(access_token)), 401, "sign_in_required");
    expectRefused(
      await anybody.get("/token", { "sec-websocket-protocol": `confab, ${access_token}` }),
      401,
      "sign_in_required",
    );
    expectRefused(await ada.get("/token", bearer(access_token)), 401, "sign_in_required");
    expect(await sessionsOf(ada)).toBe(before);
  });

  const encode = (bytes: string | Buffer) => Buffer.from(bytes).toString("base64");
  it.each([
    ["nothing", undefined],
    ["a wrong password", `Basic ${encode("Ada:wrong")}`],
    ["an unknown name", `Basic ${encode("Nobody:wrong")}`],
    ["no colon", `Basic ${encode("Ada")}`],
    ["nothing but a colon", `Basic ${encode(":")}`],
    ["no name", `Basic ${encode(`:${PASSWORD}`)}`],
    ["no password", `Basic ${encode("Ada:")}`],
    ["no credentials", "Basic"],
    ["blanks", "Basic    "],
    ["no base64", `Basic Ada:${PASSWORD}`],
    ["something after it", `Basic ${encode(`Ada:${PASSWORD}`)} x`],
    ["something inside it", `Basic ${encode(`Ada:${PASSWORD}`).slice(0, 8)}!${encode(`Ada:${PASSWORD}`).slice(8)}`],
    ["bytes that are no text", `Basic ${encode(Buffer.from([0xff, 0xfe, 0x3a, 0xff]))}`],
    ["U+0000", `Basic ${encode(`Ada\u0000:${PASSWORD}`)}`],
    ["an endless password", `Basic ${encode(`Ada:${"x".repeat(2_000)}`)}`],
    ["another scheme", `Digest ${encode(`Ada:${PASSWORD}`)}`],
    ["no scheme", encode(`Ada:${PASSWORD}`)],
  ])("answers %s with 401", async (_what, authorization) => {
    const answer = await anybody.get("/token", authorization === undefined ? {} : { authorization });
    expectRefused(answer, 401, answer.body.code === "password_wrong" ? "password_wrong" : "sign_in_required");
  });

  it("answers a cookie that is made up, signed out or expired with 401", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const { cookie } = ben;
    await ben.post("/logout", {});
    for (const value of [cookie ?? "", "confab_session=made-up", "confab_session="])
      expectRefused(await anybody.get("/token", { cookie: value }), 401, "sign_in_required");
    const carol = await newGuest(server.url, freshName("Carol"));
    await server.db.user.update({ where: { id: carol.person.id }, data: { expires_at: new Date(Date.now() - 1) } });
    expectRefused(await carol.get("/token"), 401, "sign_in_required");
  });

  it("has no HEAD: that would open a session for nobody", async () => {
    const before = await sessionsOf(ada);
    expect((await ada.send("HEAD", "/token")).status).toBe(404);
    expect(await sessionsOf(ada)).toBe(before);
  });
});

describe("too many tries", () => {
  it("to get tokens are refused with 429, the right password too", async () => {
    const strict = await startServer({ RATE_LIMIT_SCALE: "0.1" });
    try {
      await newUser(strict.url, "Ada");
      const client = new TestClient(strict.url);
      const post = (password: string) => client.post("/token", { username: "Ada", password });
      const get = (password: string) => client.get("/token", basic("Ada", password));
      for (const ask of [post, get]) {
        for (let tries = 0; tries < 2; tries += 1) expect((await ask("wrong")).status).toBe(401);
        const refused = await ask(PASSWORD);
        expectRefused(refused, 429, "too_many_requests");
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      }
    } finally {
      await strict.stop();
    }
  });
});
