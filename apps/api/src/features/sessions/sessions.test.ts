import { newId } from "@confab/shared/ids";
import type { Session } from "@confab/shared/sessions";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import {
  type Answer,
  freshName,
  newGuest,
  newUser,
  PASSWORD,
  signInElsewhere,
  TestClient,
} from "../../../test/test-client.ts";
import { expectPages } from "../../../test/test-pages.ts";
import { BearerClient, bearer, checkStatus, newTokens, refresh, sessionOf } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;

beforeAll(async () => {
  server = await startServer({ TRUST_PROXY: "127.0.0.1" });
  ben = await newUser(server.url, "Ben");
});
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await newUser(server.url, freshName("Ada"));
});

async function sessionsOf(client: TestClient): Promise<Session[]> {
  const { status, body } = await client.get("/api/v1/sessions");
  expect(status).toBe(200);
  return body.sessions;
}

async function currentId(client: TestClient): Promise<string> {
  return (await sessionsOf(client)).find((session) => session.is_current)?.id ?? "";
}

const isSignedIn = async (client: TestClient) => (await client.get("/api/v1/me")).status === 200;
const end = (client: TestClient, path: string) => client.send("DELETE", `/api/v1/sessions${path}`);
const auditOf = (client: TestClient) => server.db.auditEvent.findMany({ where: { user_id: client.person.id } });

/** Everything of a refusal but the number of the request. */
const problemOf = ({ status, body: { request_id: _number, ...problem } }: Answer) => ({ status, problem });

describe("GET /api/v1/sessions", () => {
  it("comes page by page, also what was used at one moment", async () => {
    for (let n = 0; n < 3; n += 1) await signInElsewhere(ada);
    // Not so long ago that the asking itself is noted as a use.
    const used = { last_used_at: new Date() };
    await server.db.session.updateMany({ where: { user_id: ada.person.id }, data: used });
    expect(await expectPages(ada, "/api/v1/sessions", "sessions")).toHaveLength(4);
  });

  it("lists one's own browsers and programs, the place used last first, and no secret", async () => {
    const phone = await signInElsewhere(ada, { "user-agent": "A phone", "x-forwarded-for": "203.0.113.7" });
    const program = await newTokens(server.url, ada.person.username);
    await server.db.session.update({
      where: { id: await currentId(phone) },
      data: { last_used_at: new Date(Date.now() - 120_000) },
    });

    const sessions = await sessionsOf(ada);
    expect(sessions.map(({ kind, is_current }) => [kind, is_current])).toEqual([
      ["program", false],
      ["browser", true],
      ["browser", false],
    ]);
    expect(sessions[0]?.id).toBe(sessionOf(program.refresh_token));
    expect(sessions[2]).toEqual({
      id: await currentId(phone),
      kind: "browser",
      device: "A phone",
      address: "203.0.113.7",
      created_at: expect.stringMatching(/Z$/),
      last_used_at: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      is_current: false,
    });
    expect(JSON.stringify(sessions)).not.toContain(ada.cookie?.split("=")[1]);
  });

  it("tells a program which of them it is", async () => {
    const { access_token, refresh_token } = await newTokens(server.url, ada.person.username);
    expect(await currentId(new BearerClient(server.url, access_token))).toBe(sessionOf(refresh_token));
  });

  it("lists a guest's", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    expect(await sessionsOf(carol)).toEqual([expect.objectContaining({ kind: "browser", is_current: true })]);
  });

  it("leaves out what has run out: unused for a week, or past its last day", async () => {
    for (const column of ["last_used_at", "expires_at"]) {
      const id = await currentId(await signInElsewhere(ada));
      await server.db.session.update({ where: { id }, data: { [column]: new Date(Date.now() - 8 * 86_400_000) } });
    }
    expect(await sessionsOf(ada)).toHaveLength(1);
  });

  it("shows the address of the last use, not of the first", async () => {
    const { refresh_token } = await newTokens(server.url, ada.person.username);
    await server.db.session.updateMany({
      where: { user_id: ada.person.id },
      data: { last_used_at: new Date(Date.now() - 600_000) },
    });
    await ada.get("/api/v1/me", { "x-forwarded-for": "203.0.113.8" });
    await new TestClient(server.url).post("/refresh", { refresh_token }, { "x-forwarded-for": "203.0.113.9" });
    expect((await sessionsOf(ada)).map(({ kind, address }) => [kind, address])).toEqual([
      ["program", "203.0.113.9"],
      ["browser", "203.0.113.8"],
    ]);
  });

  it("is closed to strangers", async () => {
    const answer = await new TestClient(server.url).get("/api/v1/sessions");
    expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
  });
});

describe("DELETE /api/v1/sessions/:id", () => {
  it("ends a browser's session: its cookie and sockets, at once, and nothing else", async () => {
    const phone = await signInElsewhere(ada, { "user-agent": "A phone" });
    const [here, there, bens] = await Promise.all([ada.connect(), phone.connect(), ben.connect()]);

    const answer = await end(ada, `/${await currentId(phone)}`);
    const endedAt = performance.now();
    expect([answer.status, answer.body]).toEqual([204, ""]);
    expect(await there.closed()).toBe(4401);
    // At once, not at the next look at all sessions.
    expect(performance.now() - endedAt).toBeLessThan(300);
    expect(await isSignedIn(phone)).toBe(false);
    await Promise.all([here.settled(), bens.settled()]);
    expect([here.closeCode, bens.closeCode]).toEqual([null, null]);
    expect([await isSignedIn(ada), await isSignedIn(ben)]).toEqual([true, true]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await auditOf(ada)).toEqual([
      expect.objectContaining({
        action: "session.ended",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { count: 1, kind: "browser", device: "A phone" },
      }),
    ]);
    here.close();
    bens.close();
  });

  it("ends a program's: neither its access token nor its refresh token works any more", async () => {
    const ended = await newTokens(server.url, ada.person.username);
    const kept = await newTokens(server.url, ada.person.username);
    expect((await end(ada, `/${sessionOf(ended.refresh_token)}`)).status).toBe(204);
    expect(await checkStatus(server.url, ended.access_token)).toBe(401);
    expect((await refresh(server.url, ended.refresh_token)).status).toBe(401);
    expect(await checkStatus(server.url, kept.access_token)).toBe(200);
    expect((await refresh(server.url, kept.refresh_token)).status).toBe(200);
  });

  it("ends the caller's own, and takes the cookie back", async () => {
    const answer = await end(ada, `/${await currentId(ada)}`);
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^confab_session=;/)]);
    expect(ada.cookie).toBeNull();
  });

  it("lets a guest and a program end theirs", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    expect((await end(carol, `/${await currentId(carol)}`)).status).toBe(204);
    const program = new BearerClient(server.url, (await newTokens(server.url, ada.person.username)).access_token);
    expect((await end(program, `/${await currentId(ada)}`)).status).toBe(204);
    expect([await isSignedIn(ada), await isSignedIn(program)]).toEqual([false, true]);
  });

  it("knows no difference between somebody else's session and none: 404", async () => {
    const mallory = await newUser(server.url, freshName("Mallory"));
    const socket = await ben.connect();
    const foreign = await end(mallory, `/${await currentId(ben)}`);
    expect(problemOf(foreign)).toMatchObject({ status: 404, problem: { code: "session_not_found" } });
    expect(problemOf(await end(mallory, `/${newId()}`))).toEqual(problemOf(foreign));
    await socket.settled();
    expect([socket.closeCode, await isSignedIn(ben)]).toEqual([null, true]);
    expect(await auditOf(mallory)).toEqual([]);
    socket.close();
  });

  it("notes who ends one, and refuses to end it twice", async () => {
    const id = await currentId(await signInElsewhere(ada));
    const answers = await Promise.all([1, 2, 3, 4].map(() => end(ada, `/${id}`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 404, 404, 404]);
    expect(await auditOf(ada)).toHaveLength(1);
  });

  it.each(["1", "null", "%00", `${newId()}0`, newId().toUpperCase(), "__proto__"])(
    "refuses the id %s: 400",
    async (id) => {
      const answer = await end(ada, `/${id}`);
      expect([answer.status, answer.body.errors[0].field]).toEqual([400, "id"]);
      expect(await isSignedIn(ada)).toBe(true);
    },
  );
});

describe("DELETE /api/v1/sessions", () => {
  it("?scope=others signs out everywhere else, programs too, and leaves the caller in", async () => {
    const phone = await signInElsewhere(ada);
    const program = await newTokens(server.url, ada.person.username);
    const [here, there, bens] = await Promise.all([ada.connect(), phone.connect(), ben.connect()]);

    const answer = await end(ada, "?scope=others");
    const endedAt = performance.now();
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, []]);
    expect(await there.closed()).toBe(4401);
    expect(performance.now() - endedAt).toBeLessThan(300);
    expect([await isSignedIn(ada), await isSignedIn(phone)]).toEqual([true, false]);
    expect(await checkStatus(server.url, program.access_token)).toBe(401);
    expect((await refresh(server.url, program.refresh_token)).status).toBe(401);
    await Promise.all([here.settled(), bens.settled()]);
    expect([here.closeCode, bens.closeCode]).toEqual([null, null]);
    const [noted] = await auditOf(ada);
    expect(noted).toMatchObject({ action: "session.ended", details: { count: 2, scope: "others" } });

    expect((await end(ada, "?scope=others")).status).toBe(204);
    expect(await auditOf(ada)).toHaveLength(1);
    here.close();
    bens.close();
  });

  it.each(["", "?scope=all"])("%s signs out everywhere, and takes the cookie back", async (query) => {
    const phone = await signInElsewhere(ada);
    const program = await newTokens(server.url, ada.person.username);
    const [here, there, bens] = await Promise.all([ada.connect(), phone.connect(), ben.connect()]);

    const answer = await end(ada, query);
    const endedAt = performance.now();
    expect([answer.status, ada.cookie]).toEqual([204, null]);
    expect(await Promise.all([here.closed(), there.closed()])).toEqual([4401, 4401]);
    expect(performance.now() - endedAt).toBeLessThan(300);
    expect([await isSignedIn(phone), await isSignedIn(ben)]).toEqual([false, true]);
    expect(await checkStatus(server.url, program.access_token)).toBe(401);
    await bens.settled();
    expect(bens.closeCode).toBeNull();
    expect(await auditOf(ada)).toEqual([expect.objectContaining({ details: { count: 3, scope: "all" } })]);
    // One's password still opens the door.
    expect(
      (await new TestClient(server.url).post("/login", { username: ada.person.username, password: PASSWORD })).status,
    ).toBe(200);
    bens.close();
  });

  it.each([
    ["scope=", "scope"],
    ["scope=mine", "scope"],
    ["scope=all&scope=others", "scope"],
    ["scope=%00", "scope"],
    ["user_id=1", "user_id"],
    ["role=admin", "role"],
    ["__proto__=1", "__proto__"],
  ])("refuses ?%s: 400 naming the field, and ends nothing", async (query, field) => {
    const answer = await end(ada, `?${query}`);
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
    expect(await isSignedIn(ada)).toBe(true);
  });

  it("is closed to strangers and to tokens of an ended session", async () => {
    const { access_token } = await newTokens(server.url, ada.person.username);
    await end(ada, "");
    for (const headers of [{}, bearer(access_token)]) {
      const answer = await new TestClient(server.url).send("DELETE", "/api/v1/sessions", undefined, headers);
      expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
    }
  });
});
