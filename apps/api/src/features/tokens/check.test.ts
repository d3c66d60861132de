import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { generalOf } from "../../../test/test-conversation.ts";
import {
  asProgram,
  type BearerClient,
  bearer,
  checkStatus,
  claimsOf,
  newTokens,
  sessionOf,
} from "../../../test/test-program.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
});
afterAll(() => server.stop());

const newBen = () => newUser(server.url, freshName("Ben"));

async function expectUnauthenticated(client: TestClient, headers: Record<string, string> = {}): Promise<void> {
  const answer = await client.get("/check", headers);
  expect(answer.status).toBe(401);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.body).toEqual({
    authenticated: false,
    type: "urn:confab:problem:sign_in_required",
    title: "Sign in first.",
    status: 401,
    code: "sign_in_required",
    message: "Sign in first.",
    request_id: expect.any(String),
  });
}

describe("GET /check", () => {
  it("says whose access token it is: a user's, an administrator's, a guest's", async () => {
    const guest = await newGuest(server.url, freshName("Carol"));
    for (const [client, email] of [
      [ada, "ada@example.org"],
      [administrator, "grace@example.org"],
      [guest, null],
    ] as const) {
      const answer = await (await asProgram(client)).get("/check");
      const { id, username, role } = client.person;
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
      expect(answer.body).toEqual({
        authenticated: true,
        user_id: id,
        user: id,
        email,
        username,
        role,
        message: "User is authenticated",
      });
    }
  });

  it("answers 401 and authenticated: false without a token, with a bad one, and for a cookie, which is none", async () => {
    const { access_token, refresh_token } = await newTokens(server.url, "Ada");
    const anybody = await newBen();
    await expectUnauthenticated(anybody);
    for (const authorization of [
      "Bearer",
      "Bearer made-up",
      `Bearer ${refresh_token}`,
      `Basic ${access_token}`,
      access_token,
    ])
      await expectUnauthenticated(anybody, { authorization });
  });

  it("takes the token from the header only, never from the address or a body", async () => {
    const { access_token } = await newTokens(server.url, "Ada");
    const anybody = await newBen();
    anybody.cookie = null;
    for (const name of ["access_token", "token", "authorization", "jwt", "bearer"]) {
      expect((await anybody.get(`/check?${name}=${access_token}`)).status).toBe(401);
      expect((await anybody.get(`/api/v1/me?${name}=${access_token}`)).status).toBe(401);
      expect((await anybody.get("/api/v1/me", { cookie: `${name}=${access_token}` })).status).toBe(401);
    }
  });
});

describe("an access token", () => {
  it("says who it is for, by whom, and for how long", async () => {
    const { access_token, refresh_token } = await newTokens(server.url, "Ada");
    const { iat, exp, ...claims } = claimsOf(access_token);
    expect(claims).toEqual({
      typ: "access",
      sid: sessionOf(refresh_token),
      sub: ada.person.id,
      username: "Ada",
      role: "user",
      jti: expect.stringMatching(UUID),
      iss: "confab",
      aud: "confab-api",
    });
    expect(Number(exp) - Number(iat)).toBe(600);
    expect(Math.abs(Number(iat) - Date.now() / 1000)).toBeLessThan(5);
    const another = claimsOf((await newTokens(server.url, "Ada")).access_token);
    expect(another.jti).not.toBe(claims.jti);
  });

  it("opens everything its person may use, by the same rules as the cookie", async () => {
    const general = await generalOf(ada);
    const program = await asProgram(ada);
    for (const path of [
      "/api/v1/me",
      "/api/v1/conversations",
      "/api/v1/users",
      `/api/v1/conversations/${general.id}/messages`,
      "/user/me/conversations",
      `/conversation/${general.id}`,
      `/conversation/${general.id}/messages`,
    ])
      expect((await program.get(path)).status, path).toBe(200);
    expect((await program.get("/api/v1/accounts")).body.code).toBe("role_insufficient");
    expect((await (await asProgram(administrator)).get("/api/v1/accounts")).status).toBe(200);
  });

  it("goes before the cookie: a wrong one is refused, a right one decides", async () => {
    const ben = await newBen();
    const { access_token } = await newTokens(server.url, "Ada");
    expect((await ben.get("/user/me/conversations", bearer("made-up"))).status).toBe(401);
    const { body } = await ben.get("/user/me/conversations", bearer(access_token));
    expect(body.conversations[0].user_id).toBe(ada.person.id);
  });

  it("lends no rights of its own: a role taken away or given counts at the next call", async () => {
    const ben = await newBen();
    const program = await asProgram(ben);
    const become = (role: "admin" | "user") => server.db.user.update({ where: { id: ben.person.id }, data: { role } });
    expect((await program.get("/api/v1/accounts")).status).toBe(403);
    await become("admin");
    expect((await program.get("/api/v1/accounts")).status).toBe(200);
    expect((await program.get("/check")).body.role).toBe("admin");
    await become("user");
    expect((await program.get("/api/v1/accounts")).status).toBe(403);
    expect((await program.get("/check")).body.role).toBe("user");
  });

  const past = () => new Date(Date.now() - 1_000);
  const userOf = (client: TestClient) => ({ where: { id: client.person.id } });
  it.each<[string, (client: TestClient) => Promise<unknown>]>([
    [
      "the account is switched off",
      (c) => server.db.user.update({ ...userOf(c), data: { deactivated_at: new Date() } }),
    ],
    ["the account has run out", (c) => server.db.user.update({ ...userOf(c), data: { expires_at: past() } })],
    [
      "the session is deleted",
      (c) => server.db.session.deleteMany({ where: { user_id: c.person.id, kind: "program" } }),
    ],
    [
      "the session has run out",
      (c) => server.db.session.updateMany({ where: { user_id: c.person.id }, data: { expires_at: past() } }),
    ],
    [
      "nobody has used it for a month",
      (c) =>
        server.db
          .$executeRaw`UPDATE sessions SET last_used_at = now() - interval '30 days' WHERE user_id = ${c.person.id}::uuid`,
    ],
  ])("is dead as soon as %s", async (_what, end) => {
    const ben = await newBen();
    const program: BearerClient = await asProgram(ben);
    expect((await program.get("/check")).status).toBe(200);
    await end(ben);
    expect((await program.get("/check")).status).toBe(401);
    expect((await program.get("/api/v1/me")).status).toBe(401);
    expect((await program.get("/user/me/conversations")).status).toBe(401);
  });

  it("lives on when its person signs out in the browser, and other programs when this one signs out", async () => {
    const ben = await newBen();
    const [one, other] = [await asProgram(ben), await asProgram(ben)];
    await ben.post("/logout", {});
    expect((await ben.get("/api/v1/me")).status).toBe(401);
    expect((await one.get("/check")).status).toBe(200);
    expect((await one.post("/logout", {})).status).toBe(204);
    expect((await one.get("/check")).status).toBe(401);
    expect((await other.get("/check")).status).toBe(200);
  });

  it("is good on every node: the secret is made once and kept, unless JWT_SECRET says another", async () => {
    const { access_token } = await newTokens(server.url, "Ada");
    const [row] = await server.db.$queryRaw<
      { n: number }[]
    >`SELECT count(*)::int AS n FROM settings WHERE key = 'token_secret'`;
    expect(row?.n).toBe(1);
    const own = await startServer({ JWT_SECRET: "a secret of the operator's own choice" });
    try {
      expect(own.app.tokenSecret).toBe("a secret of the operator's own choice");
      expect(await own.db.setting.count({ where: { key: "token_secret" } })).toBe(0);
      expect(await checkStatus(own.url, access_token)).toBe(401);
    } finally {
      await own.stop();
    }
  });
});
