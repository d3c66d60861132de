import { PASSWORD_RESET_HOURS } from "@confab/shared/limits";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { generalOf } from "../../../test/test-conversation.ts";
import { newOutsider } from "../../../test/test-outsider.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer({ REGISTRATION: "closed" });
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

const create = (username: string, email = `${username.replace(" ", ".")}@example.org`, role = "user") =>
  ada.post("/api/v1/accounts", { username, email, role });

const everybody = () => server.db.user.count();

describe("POST /api/v1/accounts", () => {
  it("makes an account, also where registration is closed, and a link for its password", async () => {
    const { status, body } = await create("Ben", "Ben@Example.org");
    expect(status).toBe(201);
    expect(body).toEqual({
      account: {
        id: expect.any(String),
        username: "Ben",
        role: "user",
        email: "ben@example.org",
        created_at: expect.any(String),
        last_used_at: null,
        session_count: 0,
        expires_at: null,
        deactivated_at: null,
      },
      password_reset: { token: expect.stringMatching(/^[\w-]{43}$/), expires_at: expect.any(String) },
    });
    const hours = (Date.parse(body.password_reset.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(PASSWORD_RESET_HOURS - 0.1);
    expect(hours).toBeLessThanOrEqual(PASSWORD_RESET_HOURS);
  });

  it("lets nobody in until the owner has set a password by the link, and then the owner", async () => {
    const name = freshName("Ben");
    const { body } = await create(name);
    const ben = new TestClient(server.url);
    for (const password of ["", "null", "undefined", PASSWORD]) {
      const { status } = await ben.post("/login", { username: name, password });
      expect(status).toBeGreaterThanOrEqual(400);
    }
    const { token } = body.password_reset;
    const set = await ben.post("/api/v1/reset-password", { token, password: PASSWORD });
    expect([set.status, set.body]).toEqual([200, { username: name }]);
    expect((await ben.post("/login", { username: name, password: PASSWORD })).status).toBe(200);
    expect((await ben.get("/api/v1/me")).body.me).toMatchObject({ id: body.account.id, username: name, role: "user" });
  });

  it("makes an administrator when asked to", async () => {
    const name = freshName("Second");
    const { body } = await create(name, "second@example.org", "admin");
    expect(body.account.role).toBe("admin");
    const second = new TestClient(server.url);
    await second.post("/api/v1/reset-password", { token: body.password_reset.token, password: PASSWORD });
    await second.post("/login", { username: name, password: PASSWORD });
    expect((await second.get("/api/v1/accounts")).status).toBe(200);
    await server.db.user.delete({ where: { id: body.account.id } });
  });

  it("puts the newcomer into General, of which its members hear and nobody else", async () => {
    const mallory = await newOutsider(server, freshName("Mallory"));
    const [watching, silent] = [await ada.connect(), await mallory.connect()];
    const before = await generalOf(ada);
    const { account } = (await create(freshName("Ben"))).body;
    const added = await watching.next("member.added");
    expect(added).toMatchObject({
      conversation_id: before.id,
      revision: before.revision + 1,
      member_version: before.member_version + 1,
      member_count: before.member_count + 1,
      member: { user: { id: account.id, username: account.username, role: "user" }, role: "member" },
    });
    await silent.settled();
    expect(silent.events.map((event) => event.type)).not.toContain("member.added");
    for (const socket of [watching, silent]) socket.close();
  });

  it("is noted with who made whose account, and stores of the link only what opens nothing", async () => {
    const name = freshName("Ben");
    const { account, password_reset } = (await create(name)).body;
    expect(await server.db.auditEvent.findMany({ where: { user_id: account.id } })).toMatchObject([
      {
        action: "account.created",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { name, role: "user" },
      },
    ]);
    const stored = await server.db.passwordReset.findUniqueOrThrow({ where: { user_id: account.id } });
    const everything = JSON.stringify([stored, await server.db.auditEvent.findMany()]);
    expect(everything).not.toContain(password_reset.token);
    expect(Buffer.from(stored.token_hash).toString("base64url")).not.toBe(password_reset.token);
  });

  it.each([
    ["a name that is taken", "ADA", "new@example.org", "username_taken"],
    ["a name that stands for those who are gone", "Deleted User", "new@example.org", "username_taken"],
    ["an e-mail address that is taken", "New", "ADA@example.org", "email_taken"],
  ])("refuses %s, and makes nothing", async (_what, username, email, code) => {
    const before = [await everybody(), await server.db.auditEvent.count(), await server.db.passwordReset.count()];
    const answer = await create(username, email);
    expect([answer.status, answer.body.code]).toEqual([409, code]);
    const after = [await everybody(), await server.db.auditEvent.count(), await server.db.passwordReset.count()];
    expect(after).toEqual(before);
  });

  it("makes one account of two with the same name at the same moment", async () => {
    const name = freshName("Ben");
    const answers = await Promise.all([create(name, "one@example.org"), create(name, "two@example.org")]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
  });
});
