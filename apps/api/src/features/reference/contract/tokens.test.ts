import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cast, gatherCast, LIVE_ACTORS, SIGNED_OUT_ACTORS } from "../../../../test/actors.ts";
import { startServer, type TestServer } from "../../../../test/start-server.ts";
import { type Answer, PASSWORD, type TestClient } from "../../../../test/test-client.ts";
import { asProgram, basic, bearer, claimsOf, newTokens, refresh } from "../../../../test/test-program.ts";

// The rows of the reference's table "Tokens".

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const ORIGIN = "https://app.example.org";

let server: TestServer;
let cast: Cast;
let anybody: TestClient;

beforeAll(async () => {
  server = await startServer({ CORS_ORIGINS: ORIGIN });
  cast = await gatherCast(server);
  anybody = cast.actors.anonymous;
});
afterAll(() => server.stop());

function expectTokens(answer: Answer, userId: string): void {
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    token_type: "Bearer",
    expires_in: 600,
  });
  const claims = claimsOf(answer.body.access_token);
  expect(claims.sub).toBe(userId);
  const names = ["aud", "exp", "iat", "iss", "jti", "role", "sid", "sub", "typ", "username"];
  expect(Object.keys(claims).sort()).toEqual(names);
}

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.status, answer.body.code]).toEqual([status, status, code]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.body.message).toMatch(/\.$/);
}

const inForm = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

describe("POST /token", () => {
  it.each([{ username: "Ada" }, { username: "ada@example.org" }, { email: "ada@example.org" }])(
    "gives tokens for %o and the password, as JSON and as a form",
    async (name) => {
      const credentials = { ...name, password: PASSWORD } as Record<string, string>;
      expectTokens(await anybody.post("/token", credentials), cast.actors.member.person.id);
      expectTokens(await anybody.post("/token", inForm(credentials), FORM), cast.actors.member.person.id);
    },
  );

  it("asks whom the password is for, not who sends it", async () => {
    for (const actor of [...LIVE_ACTORS, ...SIGNED_OUT_ACTORS]) {
      const answer = await cast.actors[actor].post("/token", { username: "Ada", password: PASSWORD });
      expectTokens(answer, cast.actors.member.person.id);
    }
  });

  it("answers 401 for a wrong password, and for whoever has none or no account any more", async () => {
    for (const [username, password] of [
      ["Ada", "a wrong password"],
      ["Nobody", PASSWORD],
      ["Carol", PASSWORD],
      ["Erin", PASSWORD],
      ["Frank", PASSWORD],
    ] as const) {
      expectProblem(await anybody.post("/token", { username, password }), 401, "password_wrong");
      expectProblem(await anybody.post("/token", inForm({ username, password }), FORM), 401, "password_wrong");
    }
  });

  it("answers 400 for what is not as it should be, in either encoding, never with a redirect", async () => {
    expectProblem(await anybody.post("/token", { username: "Ada" }), 400, "request_invalid");
    expectProblem(await anybody.post("/token", inForm({ username: "Ada" }), FORM), 400, "request_invalid");
    expectProblem(await anybody.post("/token", "{"), 400, "json_malformed");
  });
});

describe("GET /token", () => {
  it.each(LIVE_ACTORS)("gives tokens to the session of a browser: %s", async (actor) => {
    expectTokens(await cast.actors[actor].get("/token"), cast.actors[actor].person.id);
  });

  it("gives tokens for HTTP Basic", async () => {
    for (const name of ["Ada", "ada@example.org"])
      expectTokens(await anybody.get("/token", basic(name, PASSWORD)), cast.actors.member.person.id);
  });

  it.each(SIGNED_OUT_ACTORS)("answers 401 otherwise: %s", async (actor) => {
    expectProblem(await cast.actors[actor].get("/token"), 401, "sign_in_required");
  });

  it("answers 401 for HTTP Basic with a wrong password", async () => {
    for (const [name, password] of [
      ["Ada", "a wrong password"],
      ["Carol", ""],
      ["Frank", PASSWORD],
    ] as const)
      expect((await anybody.get("/token", basic(name, password))).status).toBe(401);
  });
});

describe("OPTIONS /token", () => {
  it.each([...LIVE_ACTORS, ...SIGNED_OUT_ACTORS])("answers 204 with the allowed methods: %s", async (actor) => {
    const { status, body, headers } = await cast.actors[actor].send("OPTIONS", "/token");
    expect([status, body, headers.get("access-control-allow-methods")]).toEqual([204, "", "GET, POST, OPTIONS"]);
  });

  it("lets pages of the configured origins in, and no others", async () => {
    const preflight = async (origin: string) => {
      const asked = { origin, "access-control-request-method": "POST" };
      const { status, headers } = await anybody.send("OPTIONS", "/token", undefined, asked);
      return [status, headers.get("access-control-allow-methods"), headers.get("access-control-allow-origin")];
    };
    expect(await preflight(ORIGIN)).toEqual([204, "GET, POST, OPTIONS", ORIGIN]);
    expect(await preflight("https://mallory.example")).toEqual([204, "GET, POST, OPTIONS", null]);
  });
});

describe("POST /refresh", () => {
  it("gives a fresh access token and a successor, for the token as Bearer, in JSON and in a form", async () => {
    for (const actor of LIVE_ACTORS) {
      const { refresh_token } = (await cast.actors[actor].get("/token")).body;
      const answers = [
        await anybody.send("POST", "/refresh", undefined, bearer(refresh_token)),
        await anybody.post("/refresh", { refresh_token }),
        await anybody.post("/refresh", inForm({ refresh_token }), FORM),
      ];
      for (const answer of answers) {
        expectTokens(answer, cast.actors[actor].person.id);
        expect(answer.body.refresh_token).not.toBe(refresh_token);
      }
    }
  });

  it("keeps the old token going until its successor has been used, and ends the family after that", async () => {
    const { refresh_token: first } = await newTokens(server.url, "Ada");
    const second = (await refresh(server.url, first)).body.refresh_token;
    expectTokens(await refresh(server.url, first), cast.actors.member.person.id);
    const third = await refresh(server.url, second);
    expectTokens(third, cast.actors.member.person.id);
    expectProblem(await refresh(server.url, first), 401, "sign_in_required");
    expectProblem(await refresh(server.url, third.body.refresh_token), 401, "sign_in_required");
    expect((await anybody.get("/check", bearer(third.body.access_token))).status).toBe(401);
  });

  it.each(SIGNED_OUT_ACTORS)("answers 401 for credentials that are no refresh token: %s", async (actor) => {
    expectProblem(await cast.actors[actor].send("POST", "/refresh"), 401, "sign_in_required");
  });

  it("answers 401 for a cookie, an access token, and the tokens of who is gone", async () => {
    const { access_token } = await newTokens(server.url, "Ada");
    expectProblem(await cast.actors.member.send("POST", "/refresh"), 401, "sign_in_required");
    expectProblem(await refresh(server.url, access_token), 401, "sign_in_required");
    const tokens = await newTokens(server.url, "Dan");
    await server.db.user.update({ where: { username_key: "dan" }, data: { deactivated_at: new Date() } });
    expectProblem(await refresh(server.url, tokens.refresh_token), 401, "sign_in_required");
    await server.db.user.update({ where: { username_key: "dan" }, data: { deactivated_at: null } });
  });
});

describe("GET /check", () => {
  const EMAIL = { guest: null, member: "ada@example.org", "ex-member": "dan@example.org" };
  const emailOf = { ...EMAIL, "other user": "mallory@example.org", administrator: "grace@example.org" };

  it.each(LIVE_ACTORS)("says whose access token it is: %s", async (actor) => {
    const program = await asProgram(cast.actors[actor]);
    const answer = await program.get("/check");
    const { id, username, role } = program.person;
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    expect(answer.body).toEqual({
      authenticated: true,
      user_id: id,
      user: id,
      email: emailOf[actor],
      username,
      role,
      message: "User is authenticated",
    });
  });

  it.each([...SIGNED_OUT_ACTORS, "member"] as const)(
    "answers 401 without an access token that holds: %s",
    async (actor) => {
      const answer = await cast.actors[actor].get("/check");
      expectProblem(answer, 401, "sign_in_required");
      expect(answer.body.authenticated).toBe(false);
    },
  );
});
