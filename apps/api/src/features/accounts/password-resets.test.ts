import { newId } from "@confab/shared/ids";
import { PASSWORD_RESET_HOURS } from "@confab/shared/limits";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { checkStatus, newTokens, refresh } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

const NEW_PASSWORD = "another long password";
const ask = (whose: TestClient) => ada.post(`/api/v1/accounts/${whose.person.id}/password-reset`, {});
const reset = (token: string, password = NEW_PASSWORD, url = server.url) =>
  new TestClient(url).post("/api/v1/reset-password", { token, password });

async function linkOf(whose: TestClient): Promise<string> {
  const { status, body } = await ask(whose);
  expect(status).toBe(201);
  return body.password_reset.token;
}

async function signInStatus(whose: TestClient, password: string): Promise<number> {
  return (await new TestClient(server.url).post("/login", { username: whose.person.username, password })).status;
}

const notedOf = (whose: TestClient, action: string) =>
  server.db.auditEvent.findMany({ where: { user_id: whose.person.id, action } });

describe("POST /api/v1/accounts/:id/password-reset", () => {
  it("gives a link for three days, of which only the hash is stored, and signs nobody out", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const socket = await ben.connect();
    const { status, body } = await ask(ben);
    expect([status, body]).toEqual([
      201,
      { password_reset: { token: expect.stringMatching(/^[\w-]{43}$/), expires_at: expect.stringMatching(/Z$/) } },
    ]);
    const hours = (Date.parse(body.password_reset.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(PASSWORD_RESET_HOURS - 0.1);
    expect(hours).toBeLessThanOrEqual(PASSWORD_RESET_HOURS);

    const stored = await server.db.passwordReset.findUniqueOrThrow({ where: { user_id: ben.person.id } });
    expect(Buffer.from(stored.token_hash)).toHaveLength(32);
    expect(Buffer.from(stored.token_hash).toString("base64url")).not.toBe(body.password_reset.token);
    expect(JSON.stringify(await server.db.auditEvent.findMany())).not.toContain(body.password_reset.token);
    await socket.settled();
    expect([socket.closeCode, await signInStatus(ben, PASSWORD)]).toEqual([null, 200]);
    socket.close();
  });

  it("is noted with who asked, for whom and from where", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    await linkOf(ben);
    expect(await notedOf(ben, "password_reset.created")).toMatchObject([
      { actor_id: ada.person.id, address: "127.0.0.1", details: { name: ben.person.username } },
    ]);
  });

  it("replaces the link before", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const [older, newer] = [await linkOf(ben), await linkOf(ben)];
    expect((await reset(older)).body.code).toBe("password_reset_invalid");
    expect((await reset(newer)).status).toBe(200);
  });

  it("leaves one link that works of two asked for at the same moment", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const tokens = await Promise.all([linkOf(ben), linkOf(ben)]);
    const statuses = [];
    for (const token of tokens) statuses.push((await reset(token)).status);
    expect(statuses.sort()).toEqual([200, 403]);
  });

  it("is for whoever has, or may have, a password and can sign in", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const closed = await newUser(server.url, freshName("Closed"));
    await ada.post(`/api/v1/accounts/${closed.person.id}/deactivate`, {});
    const answers = [await ask(carol), await ask(closed)];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, "user_required"],
      [409, "account_deactivated"],
    ]);
    const ids = [carol.person.id, closed.person.id];
    expect(await server.db.passwordReset.count({ where: { user_id: { in: ids } } })).toBe(0);
    expect(await notedOf(carol, "password_reset.created")).toEqual([]);

    // Made a user, the guest has a way to sign in again.
    await ada.put(`/api/v1/accounts/${carol.person.id}/role`, { role: "user" });
    expect((await reset(await linkOf(carol))).status).toBe(200);
    expect(await signInStatus(carol, NEW_PASSWORD)).toBe(200);
  });

  it("is neither for oneself, whose password one knows, nor for whoever is not there", async () => {
    const [own, absent] = [await ask(ada), await ada.post(`/api/v1/accounts/${newId()}/password-reset`, {})];
    expect([own, absent].map(({ status, body }) => [status, body.code])).toEqual([
      [409, "account_own"],
      [404, "user_not_found"],
    ]);
    expect(own.body.message).toMatch(/on your account page/);
    expect(await server.db.passwordReset.count({ where: { user_id: ada.person.id } })).toBe(0);
    expect(await notedOf(ada, "password_reset.created")).toEqual([]);
  });
});

describe("POST /api/v1/reset-password", () => {
  it("sets the password by the link and says whose it is", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const { status, body } = await reset(await linkOf(ben));
    expect([status, body]).toEqual([200, { username: ben.person.username }]);
    expect([await signInStatus(ben, PASSWORD), await signInStatus(ben, NEW_PASSWORD)]).toEqual([401, 200]);
  });

  it("signs the person out everywhere: browsers, programs, open sockets within a second; nobody else", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const carol = await newUser(server.url, freshName("Carol"));
    const tokens = await newTokens(server.url, ben.person.username);
    const [first, second, other] = [await ben.connect(), await ben.connect(), await carol.connect()];
    const link = await linkOf(ben);
    expect((await reset(link)).status).toBe(200);
    const doneAt = performance.now();
    expect(await Promise.all([first.closed(), second.closed()])).toEqual([4401, 4401]);
    expect(performance.now() - doneAt).toBeLessThan(1_000);
    expect((await ben.get("/api/v1/me")).status).toBe(401);
    expect(await checkStatus(server.url, tokens.access_token)).toBe(401);
    expect((await refresh(server.url, tokens.refresh_token)).status).toBe(401);
    await other.settled();
    expect(other.closeCode).toBeNull();
    expect((await carol.get("/api/v1/me")).status).toBe(200);
    other.close();
  });

  it("is noted as done by the person, from their address, with no secret", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const token = await linkOf(ben);
    await reset(token);
    const noted = await notedOf(ben, "password.reset");
    expect(noted).toMatchObject([
      { actor_id: ben.person.id, address: "127.0.0.1", details: { name: ben.person.username } },
    ]);
    expect(JSON.stringify(noted)).not.toMatch(new RegExp(`${token}|${NEW_PASSWORD}|argon2`));
  });

  it("works once, also for two at the same moment", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    for (let round = 0; round < 5; round += 1) {
      const token = await linkOf(ben);
      const passwords = [`the first password ${round}`, `the second password ${round}`];
      const answers = await Promise.all(passwords.map((password) => reset(token, password)));
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403]);
      const signIns = await Promise.all(passwords.map((password) => signInStatus(ben, password)));
      expect(signIns).toEqual(answers.map((answer) => (answer.status === 200 ? 200 : 401)));
      expect((await reset(token)).status).toBe(403);
    }
    expect(await notedOf(ben, "password.reset")).toHaveLength(5);
  });

  it("refuses in the same words a link that is over, used, replaced, nobody's or nonsense", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const replaced = await linkOf(ben);
    const over = await linkOf(ben);
    await server.db.passwordReset.update({ where: { user_id: ben.person.id }, data: { expires_at: new Date() } });
    const carol = await newUser(server.url, freshName("Carol"));
    const used = await linkOf(carol);
    await reset(used);
    const gone = await newUser(server.url, freshName("Gone"));
    const nobodys = await linkOf(gone);
    const now = new Date();
    await server.db.user.update({ where: { id: gone.person.id }, data: { deactivated_at: now, deleted_at: now } });

    const said = new Set<string>();
    for (const token of [replaced, over, used, nobodys, "nonsense", "'; DROP TABLE users; --", ben.person.id]) {
      const { status, body } = await reset(token);
      expect([status, body.code]).toEqual([403, "password_reset_invalid"]);
      const { request_id: _, ...problem } = body;
      said.add(JSON.stringify(problem));
    }
    expect(said.size).toBe(1);
    expect(await signInStatus(ben, PASSWORD)).toBe(200);
    expect((await ben.get("/api/v1/me")).status).toBe(200);
  });

  it("can be guessed at as seldom as a password", async () => {
    const strict = await startServer({ RATE_LIMIT_SCALE: "0.1" });
    const statuses: number[] = [];
    for (let tries = 0; tries < 3; tries += 1)
      statuses.push((await reset("nonsense", NEW_PASSWORD, strict.url)).status);
    expect(statuses).toEqual([403, 403, 429]);
    await strict.stop();
  });
});
