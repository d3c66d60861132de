import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newGuest, newUser, PASSWORD, signInElsewhere, TestClient } from "../../../test/test-client.ts";
import { asProgram, checkStatus, newTokens, refresh } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await newUser(server.url, freshName("Ada"));
  ben = await newUser(server.url, freshName("Ben"));
});

const NEW_PASSWORD = "another long enough password";
const emailOf = ({ person }: TestClient) => `${person.username.replaceAll(" ", ".").toLowerCase()}@example.org`;
const rowOf = ({ person }: TestClient) => server.db.user.findUniqueOrThrow({ where: { id: person.id } });
const auditOf = ({ person }: TestClient) => server.db.auditEvent.findMany({ where: { user_id: person.id } });
const signIn = async (credentials: object) => (await new TestClient(server.url).post("/login", credentials)).status;
const isSignedIn = async (client: TestClient) => (await client.get("/api/v1/me")).status === 200;
const changeEmail = (client: TestClient, email: string, password = PASSWORD) =>
  client.put("/api/v1/me/email", { email, password });
const changePassword = (client: TestClient, password = PASSWORD, new_password = NEW_PASSWORD) =>
  client.put("/api/v1/me/password", { password, new_password });

describe("PUT /api/v1/me/email", () => {
  it("changes the address, by which one signs in from then on", async () => {
    const before = (await ada.get("/api/v1/me")).body.me;
    const bens = await ben.connect();
    const answer = await changeEmail(ada, ` New.${emailOf(ada).toUpperCase()} `);
    const email = `new.${emailOf(ada)}`;
    expect([answer.status, answer.body]).toEqual([200, { me: { ...before, email } }]);
    expect(await signIn({ email, password: PASSWORD })).toBe(200);
    expect(await signIn({ email: emailOf(ada), password: PASSWORD })).toBe(401);
    await bens.settled();
    const heard = bens.events.map((event) => event.type).filter((type) => type !== "presence.changed");
    expect(heard).toEqual(["ready", "pong"]);
    bens.close();
  });

  it("is noted with from where, and neither address; the same address again is not", async () => {
    const email = `new.${emailOf(ada)}`;
    for (const _again of [1, 2]) expect((await changeEmail(ada, email)).status).toBe(200);
    const events = await auditOf(ada);
    expect(events).toEqual([
      expect.objectContaining({
        action: "account.email_changed",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { name: ada.person.username },
      }),
    ]);
    expect(JSON.stringify(events)).not.toContain("@");
  });

  it("refuses a wrong password: 401, and changes nothing", async () => {
    const before = await rowOf(ada);
    const answer = await changeEmail(ada, "ada.new@example.org", `${PASSWORD}!`);
    expect([answer.status, answer.body.code]).toEqual([401, "password_wrong"]);
    expect([await rowOf(ada), await auditOf(ada)]).toEqual([before, []]);
    expect(await isSignedIn(ada)).toBe(true);
  });

  it("refuses somebody else's address: 409; one's own may be given again", async () => {
    const answer = await changeEmail(ada, emailOf(ben).toUpperCase());
    expect([answer.status, answer.body.code]).toEqual([409, "email_taken"]);
    expect([(await rowOf(ada)).email, await auditOf(ada)]).toEqual([emailOf(ada), []]);
    expect((await changeEmail(ada, emailOf(ada))).status).toBe(200);
  });

  it("gives an address that two want at once to one of them", async () => {
    const email = `both.${emailOf(ada)}`;
    const answers = await Promise.all([changeEmail(ada, email), changeEmail(ben, email)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });

  it("is open to programs, and closed to guests and strangers", async () => {
    const program = await changeEmail(await asProgram(ada), `program.${emailOf(ada)}`);
    expect(program.body.me.email).toBe(`program.${emailOf(ada)}`);
    const guest = await changeEmail(await newGuest(server.url, freshName("Carol")), "carol@example.org");
    expect([guest.status, guest.body.code]).toEqual([403, "role_insufficient"]);
    const stranger = await changeEmail(new TestClient(server.url), "mallory@example.org");
    expect([stranger.status, stranger.body.code]).toEqual([401, "sign_in_required"]);
  });
});

describe("PUT /api/v1/me/password", () => {
  it("changes it, and at once signs one out everywhere else: browsers, programs, sockets", async () => {
    const phone = await signInElsewhere(ada);
    const program = await newTokens(server.url, ada.person.username);
    const [here, there, bens] = await Promise.all([ada.connect(), phone.connect(), ben.connect()]);

    const answer = await changePassword(ada);
    const changedAt = performance.now();
    expect([answer.status, answer.body]).toEqual([204, ""]);
    expect(await there.closed()).toBe(4401);
    // At once, not at the next look at all sessions.
    expect(performance.now() - changedAt).toBeLessThan(300);
    expect([await isSignedIn(ada), await isSignedIn(phone)]).toEqual([true, false]);
    expect(await checkStatus(server.url, program.access_token)).toBe(401);
    expect((await refresh(server.url, program.refresh_token)).status).toBe(401);
    await Promise.all([here.settled(), bens.settled()]);
    expect([here.closeCode, bens.closeCode]).toEqual([null, null]);

    const username = ada.person.username;
    expect(await signIn({ username, password: PASSWORD })).toBe(401);
    expect(await signIn({ username, password: NEW_PASSWORD })).toBe(200);
    expect((await rowOf(ada)).password_hash).toMatch(/^\$argon2id\$/);
    expect(await auditOf(ada)).toEqual([
      expect.objectContaining({
        action: "password.changed",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { sessions_ended: 2 },
      }),
    ]);
    here.close();
    bens.close();
  });

  it("refuses a wrong password: 401, and nobody is signed out", async () => {
    const phone = await signInElsewhere(ada);
    const socket = await phone.connect();
    const before = await rowOf(ada);
    const answer = await changePassword(ada, NEW_PASSWORD, NEW_PASSWORD);
    expect([answer.status, answer.body.code]).toEqual([401, "password_wrong"]);
    await socket.settled();
    expect([socket.closeCode, await isSignedIn(phone)]).toEqual([null, true]);
    expect(await rowOf(ada)).toEqual(before);
    expect(await auditOf(ada)).toEqual([]);
    socket.close();
  });

  it("takes the old one once, however many come at the same moment", async () => {
    const phone = await signInElsewhere(ada);
    const answers = await Promise.all([changePassword(ada), changePassword(phone, PASSWORD, "yet another password")]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 401]);
    expect(await auditOf(ada)).toHaveLength(1);
    const winner = answers[0].status === 204 ? NEW_PASSWORD : "yet another password";
    expect(await signIn({ username: ada.person.username, password: winner })).toBe(200);
  });

  it("makes a link worthless by which another one could be set", async () => {
    const link = { user_id: ada.person.id, token_hash: Buffer.from(ada.person.id), expires_at: new Date(2e12) };
    await server.db.passwordReset.create({ data: link });
    await changePassword(ada);
    expect(await server.db.passwordReset.count({ where: { user_id: ada.person.id } })).toBe(0);
  });

  it("is open to programs, which stay signed in, and closed to guests and strangers", async () => {
    const program = await asProgram(ada);
    expect((await changePassword(program)).status).toBe(204);
    expect([await isSignedIn(program), await isSignedIn(ada)]).toEqual([true, false]);
    const guest = await changePassword(await newGuest(server.url, freshName("Carol")));
    expect([guest.status, guest.body.code]).toEqual([403, "role_insufficient"]);
    const stranger = await changePassword(new TestClient(server.url));
    expect([stranger.status, stranger.body.code]).toEqual([401, "sign_in_required"]);
  });
});

describe("guessing one's password", () => {
  it("is limited per address at each of the three doors that ask for it", async () => {
    const strict = await startServer({ RATE_LIMIT_SCALE: "0.1", TRUST_PROXY: "127.0.0.1" });
    try {
      const carol = await newUser(strict.url, "Carol");
      const wrong = { password: "a wrong password" };
      const doors = [
        ["PUT", "/api/v1/me/email", { ...wrong, email: "carol@example.org" }],
        ["PUT", "/api/v1/me/password", { ...wrong, new_password: NEW_PASSWORD }],
        ["POST", "/api/v1/me/delete", { ...wrong, username: "Carol" }],
      ] as const;
      for (const [method, path, body] of doors) {
        const statusFrom = async (address: string) =>
          (await carol.send(method, path, body, { "x-forwarded-for": address })).status;
        const statuses = [await statusFrom("203.0.113.1"), await statusFrom("203.0.113.1")];
        expect([...statuses, await statusFrom("203.0.113.1")]).toEqual([401, 401, 429]);
        expect(await statusFrom("203.0.113.2")).toBe(401);
      }
    } finally {
      await strict.stop();
    }
  });
});
