import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { generalOf, insertGroup, newGroup, say } from "../../../test/test-conversation.ts";
import { newOutsider } from "../../../test/test-outsider.ts";
import { asProgram } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());
// Ada is the only administrator at the beginning of each test.
beforeEach(() =>
  server.db.user.updateMany({ where: { role: "admin", id: { not: ada.person.id } }, data: { role: "user" } }),
);

const changeRole = (by: TestClient, whose: TestClient, role: string) =>
  by.put(`/api/v1/accounts/${whose.person.id}/role`, { role });

async function newSecondAdministrator(): Promise<TestClient> {
  const client = await newUser(server.url, freshName("Second"));
  expect((await changeRole(ada, client, "admin")).status).toBe(200);
  return client;
}

describe("PUT /api/v1/accounts/:id/role", () => {
  it("makes a user an administrator, and tells so everyone who shares a conversation, once", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const carol = await newUser(server.url, freshName("Carol"));
    const mallory = await newOutsider(server, freshName("Mallory"));
    const [seen, silent] = [await carol.connect(), await mallory.connect()];
    // They share two conversations and are told once all the same.
    await newGroup(ada, "Both", [ben, carol]);

    const { status, body } = await changeRole(ada, ben, "admin");
    expect(status).toBe(200);
    expect(body).toEqual({ account: expect.objectContaining({ ...ben.person, role: "admin", session_count: 1 }) });

    const told = await seen.next("user.updated");
    expect(told.user).toEqual({ ...ben.person, role: "admin" });
    await Promise.all([seen.settled(), silent.settled()]);
    expect(seen.all("user.updated")).toHaveLength(1);
    expect(silent.all("user.updated")).toEqual([]);
    expect((await ben.get("/api/v1/accounts")).status).toBe(200);
    for (const socket of [seen, silent]) socket.close();
  });

  it("closes the person's open sockets at once to have them reconnect, and nobody else's", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const carol = await newUser(server.url, freshName("Carol"));
    const [first, second, other] = [await ben.connect(), await ben.connect(), await carol.connect()];
    await changeRole(ada, ben, "admin");
    const doneAt = performance.now();
    expect(await Promise.all([first.closed(), second.closed()])).toEqual([4403, 4403]);
    expect(performance.now() - doneAt).toBeLessThan(1_000);

    const again = await ben.connect();
    expect((await again.next("ready")).me).toMatchObject({ role: "admin", can: { manage_workspace: true } });
    await other.settled();
    expect(other.closeCode).toBeNull();
    for (const socket of [again, other]) socket.close();
  });

  it("takes an administrator's rights away from the next request on, browsers and programs", async () => {
    const second = await newSecondAdministrator();
    const program = await asProgram(second);
    const socket = await second.connect();
    const group = await newGroup(ada, "Not theirs", []);
    expect((await second.get(`/api/v1/conversations/${group}`)).status).toBe(200);

    expect((await changeRole(ada, second, "user")).body.account.role).toBe("user");
    expect(await socket.closed()).toBe(4403);
    for (const client of [second, program]) {
      const list = await client.get("/api/v1/accounts");
      expect([list.status, list.body.code]).toEqual([403, "role_insufficient"]);
      const made = await client.post("/api/v1/accounts", { username: "X", email: "x@example.org", role: "admin" });
      expect([made.status, made.body.code]).toEqual([403, "role_insufficient"]);
      expect((await client.get(`/api/v1/conversations/${group}`)).body.code).toBe("conversation_not_found");
    }
    const again = await second.connect();
    expect((await again.next("ready")).me.can.manage_workspace).toBe(false);
    again.close();
  });

  it("changes and tells nothing when the role is the one there is", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const socket = await ben.connect();
    const { status, body } = await changeRole(ada, ben, "user");
    expect([status, body.account.role]).toEqual([200, "user"]);
    await socket.settled();
    expect(socket.closeCode).toBeNull();
    expect(await server.db.auditEvent.count({ where: { user_id: ben.person.id } })).toBe(0);
    socket.close();
  });

  it("lets an administrator step down while another remains, and is noted with both roles and the name", async () => {
    const second = await newSecondAdministrator();
    const { status, body } = await changeRole(second, second, "user");
    expect([status, body.account.id, body.account.role]).toEqual([200, second.person.id, "user"]);
    expect((await changeRole(second, second, "admin")).body.code).toBe("role_insufficient");
    const noted = await server.db.auditEvent.findMany({
      where: { user_id: second.person.id, action: "account.role_changed" },
      orderBy: { id: "asc" },
    });
    const name = second.person.username;
    expect(noted).toMatchObject([
      { actor_id: ada.person.id, address: "127.0.0.1", details: { name, from: "user", to: "admin" } },
      { actor_id: second.person.id, address: "127.0.0.1", details: { name, from: "admin", to: "user" } },
    ]);
  });

  it("never takes the role of the last administrator", async () => {
    const socket = await ada.connect();
    const before = await server.db.auditEvent.count();
    const { status, body } = await changeRole(ada, ada, "user");
    expect([status, body.code]).toEqual([409, "last_administrator"]);
    expect((await ada.get("/api/v1/me")).body.me.role).toBe("admin");
    expect(await server.db.auditEvent.count()).toBe(before);
    await socket.settled();
    expect(socket.closeCode).toBeNull();
    socket.close();
  });

  it("counts no deactivated administrator as one who remains, but may take that one's role", async () => {
    const second = await newSecondAdministrator();
    await ada.post(`/api/v1/accounts/${second.person.id}/deactivate`, {});
    expect((await changeRole(ada, ada, "user")).body.code).toBe("last_administrator");
    const { status, body } = await changeRole(ada, second, "user");
    expect([status, body.account]).toMatchObject([200, { role: "user", deactivated_at: expect.any(String) }]);
  });
});

describe("a guest who is given a role", () => {
  it("stays for good, with the same id, session, places and messages", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const group = await newGroup(ada, "With Carol", [carol]);
    const general = await generalOf(carol);
    await say(carol, group, "as a guest");
    const watching = await (await newUser(server.url, freshName("Ben"))).connect();

    const { status, body } = await changeRole(ada, carol, "user");
    expect([status, body.account]).toMatchObject([200, { ...carol.person, role: "user", expires_at: null }]);
    expect((await carol.get("/api/v1/me")).body.me).toMatchObject({ role: "user", expires_at: null });
    expect((await carol.get(`/api/v1/conversations/${group}/messages`)).body.messages).toMatchObject([
      { content: "as a guest", sender: { id: carol.person.id, role: "user" } },
    ]);
    // Already in "General": nobody is told of a newcomer.
    expect((await watching.next("user.updated")).user).toEqual({ ...carol.person, role: "user" });
    await watching.settled();
    expect(watching.all("member.added")).toEqual([]);
    expect((await generalOf(carol)).member_version).toBe(general.member_version + 1);
    watching.close();
  });

  it("comes into General when not in it yet, and its members are told", async () => {
    const carol = await newOutsider(server, freshName("Carol"));
    const expires_at = new Date(Date.now() + 3_600_000);
    await server.db.user.update({ where: { id: carol.person.id }, data: { role: "guest", expires_at } });
    const group = await insertGroup(server.db, "Only here", [carol.person.id]);
    await say(ada, (await generalOf(ada)).id, "said before");
    const mallory = await newOutsider(server, freshName("Mallory"));
    const [watching, silent] = [await ada.connect(), await mallory.connect()];
    const before = await generalOf(ada);

    expect((await changeRole(ada, carol, "admin")).body.account).toMatchObject({ role: "admin", expires_at: null });
    const after = await generalOf(carol);
    expect(after).toMatchObject({
      member_count: before.member_count + 1,
      member_version: before.member_version + 1,
      unread: 0,
    });
    const added = await watching.next("member.added", (event) => event.conversation_id === before.id);
    expect(added).toMatchObject({
      member_version: after.member_version,
      member_count: after.member_count,
      revision: before.revision + 1,
      member: { user: { ...carol.person, role: "admin" }, role: "member" },
    });
    await silent.settled();
    expect(silent.events.map((event) => event.type)).not.toContain("member.added");
    expect((await carol.get(`/api/v1/conversations/${group}`)).status).toBe(200);
    for (const socket of [watching, silent]) socket.close();
  });

  it("is noted as having been a guest", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    await changeRole(ada, carol, "user");
    expect(await server.db.auditEvent.findMany({ where: { user_id: carol.person.id } })).toMatchObject([
      { action: "account.role_changed", details: { name: carol.person.username, from: "guest", to: "user" } },
    ]);
  });

  it("may be one whose time is up, as long as they are not tidied away", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    await server.db.$executeRaw`UPDATE users SET expires_at = now() WHERE id = ${carol.person.id}::uuid`;
    expect((await carol.get("/api/v1/me")).status).toBe(401);
    expect((await changeRole(ada, carol, "user")).status).toBe(200);
    expect((await carol.get("/api/v1/me")).body.me.role).toBe("user");

    const gone = await newGuest(server.url, freshName("Gone"));
    await ada.post(`/api/v1/accounts/${gone.person.id}/expire`, {});
    expect((await changeRole(ada, gone, "user")).body.code).toBe("user_not_found");
  });
});

test("nobody who is not there gets a role", async () => {
  const deleted = await newUser(server.url, freshName("Deleted"));
  const now = new Date();
  await server.db.user.update({ where: { id: deleted.person.id }, data: { deactivated_at: now, deleted_at: now } });
  const answers = [await changeRole(ada, deleted, "admin")];
  for (const role of ["admin", "user"]) answers.push(await ada.put(`/api/v1/accounts/${newId()}/role`, { role }));
  for (const { status, body } of answers) expect([status, body.code]).toEqual([404, "user_not_found"]);
  expect(await server.db.user.findUnique({ where: { id: deleted.person.id } })).toMatchObject({ role: "user" });
});
