import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { generalOf, newGroup, say } from "../../../test/test-conversation.ts";
import { newOutsider } from "../../../test/test-outsider.ts";
import { asProgram } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

const expire = (id: string) => ada.post(`/api/v1/accounts/${id}/expire`, {});
const notedOf = (id: string) => server.db.auditEvent.findMany({ where: { user_id: id } });

describe("POST /api/v1/accounts/:id/expire", () => {
  it("ends a guest's visit now: signed out everywhere, open sockets closed within a second", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const program = await asProgram(carol);
    const sockets = [await carol.connect(), await carol.connect()];
    const { status, body } = await expire(carol.person.id);
    const doneAt = performance.now();
    expect(await Promise.all(sockets.map((socket) => socket.closed()))).toEqual([4401, 4401]);
    expect(performance.now() - doneAt).toBeLessThan(1_000);

    expect([status, body.account]).toMatchObject([200, { ...carol.person, session_count: 0, deactivated_at: null }]);
    expect(Date.parse(body.account.expires_at)).toBeLessThanOrEqual(Date.now());
    for (const client of [carol, program]) expect((await client.get("/api/v1/me")).status).toBe(401);
  });

  it("tidies up at once: the groups hear that the guest left, others do not, and the name is free", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const group = await newGroup(ada, "With Carol", [carol]);
    await say(carol, group, "bye");
    const mallory = await newOutsider(server, freshName("Mallory"));
    const [watching, silent] = [await ada.connect(), await mallory.connect()];
    const general = await generalOf(ada);

    await expire(carol.person.id);
    const inGroup = await watching.next("member.removed", (event) => event.conversation_id === group);
    expect(inGroup).toMatchObject({ user_id: carol.person.id, member_count: 1 });
    const inGeneral = await watching.next("member.removed", (event) => event.conversation_id === general.id);
    expect(inGeneral).toMatchObject({
      user_id: carol.person.id,
      revision: general.revision + 1,
      member_version: general.member_version + 1,
      member_count: general.member_count - 1,
    });
    expect((await watching.next("user.updated")).user).toEqual({ ...carol.person, username: "Guest" });
    await silent.settled();
    expect(silent.events.map((event) => event.type)).toEqual(["ready", "pong"]);
    for (const socket of [watching, silent]) socket.close();

    expect((await ada.get(`/api/v1/conversations/${group}/messages`)).body.messages).toMatchObject([
      { content: "bye", sender: { id: carol.person.id, username: "Guest", role: "guest" } },
    ]);
    const again = await newUser(server.url, carol.person.username);
    expect(again.person.id).not.toBe(carol.person.id);
  });

  it("is noted under the name the guest had", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    await expire(carol.person.id);
    expect(await notedOf(carol.person.id)).toMatchObject([
      {
        action: "account.expired",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { name: carol.person.username },
      },
    ]);
  });

  it("happens once, however often and at the same moment it is asked for", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const general = await generalOf(ada);
    const answers = await Promise.all([1, 2, 3].map(() => expire(carol.person.id)));
    for (const { status } of answers) expect([200, 404]).toContain(status);
    const again = await expire(carol.person.id);
    expect([again.status, again.body.code]).toEqual([404, "user_not_found"]);
    expect(await notedOf(carol.person.id)).toHaveLength(1);
    expect((await generalOf(ada)).member_version).toBe(general.member_version + 1);
  });

  it("only tidies up, and notes nothing, when the time was up before", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const then = new Date(Date.now() - 60_000);
    await server.db.user.update({ where: { id: carol.person.id }, data: { expires_at: then } });
    const { status, body } = await expire(carol.person.id);
    expect([status, body.account.expires_at]).toEqual([200, then.toISOString()]);
    expect(await notedOf(carol.person.id)).toEqual([]);
    expect((await ada.get(`/api/v1/accounts?query=${carol.person.username}`)).body.accounts).toEqual([]);
  });

  it("ends the visit of a deactivated guest as well", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    await ada.post(`/api/v1/accounts/${carol.person.id}/deactivate`, {});
    expect((await expire(carol.person.id)).status).toBe(200);
    expect((await newGuest(server.url, carol.person.username)).person.username).toBe(carol.person.username);
  });

  it("is for guests only", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const socket = await ben.connect();
    for (const id of [ben.person.id, ada.person.id]) {
      const { status, body } = await expire(id);
      expect([status, body.code]).toEqual([409, "guest_required"]);
    }
    expect((await ben.get("/api/v1/me")).body.me).toMatchObject({ role: "user", expires_at: null });
    expect(await notedOf(ben.person.id)).toEqual([]);
    await socket.settled();
    expect(socket.closeCode).toBeNull();
    socket.close();
  });

  it("is impossible for whoever is not there", async () => {
    const { status, body } = await expire(newId());
    expect([status, body.code]).toEqual([404, "user_not_found"]);
  });

  it("never tidies away somebody who is made a user at the same moment", async () => {
    for (let round = 0; round < 20; round += 1) {
      const carol = await newGuest(server.url, freshName("Carol"));
      const [expired, promoted] = await Promise.all([
        expire(carol.person.id),
        ada.put(`/api/v1/accounts/${carol.person.id}/role`, { role: "user" }),
      ]);
      const { role, username, deleted_at } = await server.db.user.findUniqueOrThrow({ where: { id: carol.person.id } });
      // Whichever came first: a user with a name and a place, or a guest who is gone.
      expect({ role, username, isGone: deleted_at !== null }).toEqual(
        promoted.status === 200
          ? { role: "user", username: carol.person.username, isGone: false }
          : { role: "guest", username: "Guest", isGone: true },
      );
      expect(promoted.status === 200 || promoted.body.code === "user_not_found").toBe(true);
      expect(expired.status === 200 || expired.body.code === "guest_required").toBe(true);
      const places = await server.db.conversationMember.count({ where: { user_id: carol.person.id } });
      expect(places).toBe(promoted.status === 200 ? 1 : 0);
    }
  });
});
