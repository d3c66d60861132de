import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newUser, TestClient } from "../../../test/test-client.ts";
import { generalOf, newGroup, say } from "../../../test/test-conversation.ts";
import { newInvite } from "../../../test/test-invite.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;
/** The administrator's, with Ben in it. */
let group: string;
let general: string;

beforeAll(async () => {
  server = await startServer({ GUEST_TTL_HOURS: "1.5" });
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  mallory = await newUser(server.url, "Mallory");
  general = (await generalOf(ada)).id;
});
afterAll(() => server.stop());
beforeEach(async () => {
  group = await newGroup(ada, "Garden", [ben]);
});

const usesOf = async (id: string) => (await server.db.invite.findUniqueOrThrow({ where: { id } })).use_count;

/** A guest who came by a link into the group. */
async function newVisitor(token: string): Promise<TestClient> {
  const client = new TestClient(server.url);
  const username = freshName("Carol");
  const made = await client.post("/guest", { username, invite: token });
  expect(made.status).toBe(201);
  client.person = { id: made.body.user.id, username, role: "guest" };
  return client;
}

describe("POST /guest with an invite", () => {
  it("answers as without one: the guest, signed in at once", async () => {
    const { token } = await newInvite(ada, group);
    const username = freshName("Carol");
    const client = new TestClient(server.url);
    const { status, body } = await client.post("/guest", { username, invite: token });
    expect(status).toBe(201);
    expect(body).toEqual({
      user: { id: expect.any(String), username, email: null, role: "guest", expires_at: expect.stringMatching(/Z$/) },
    });
    expect(Math.abs(Date.parse(body.user.expires_at) - Date.now() - 5_400_000)).toBeLessThan(60_000);
    expect((await client.get("/api/v1/me")).body.me).toMatchObject({ id: body.user.id, role: "guest" });
  });

  it("lets the guest into that conversation alone: General and its people are not there", async () => {
    await say(ben, group, "before you came");
    await say(ben, general, "among ourselves");
    const { id, token } = await newInvite(ada, group);
    const carol = await newVisitor(token);
    const { conversations } = (await carol.get("/api/v1/conversations")).body;
    expect(conversations).toMatchObject([{ id: group, name: "Garden", role: "member", member_count: 3, unread: 0 }]);
    const socket = await carol.connect();
    const ready = await socket.next("ready");
    expect(ready.conversations.map((each) => each.id)).toEqual([group]);
    await socket.untilOnline(carol.person.id);
    expect(socket.presenceOf(mallory.person.id)).toEqual([]);
    const { members } = (await carol.get(`/api/v1/conversations/${group}/members`)).body;
    const names = members.map((member: { user: { username: string } }) => member.user.username);
    expect(new Set(names)).toEqual(new Set(["Ada", "Ben", carol.person.username]));

    for (const path of ["", "/members", "/messages", "/changes?after_revision=0"]) {
      expect((await carol.get(`/api/v1/conversations/${group}${path}`)).status).toBe(200);
      const hidden = await carol.get(`/api/v1/conversations/${general}${path}`);
      expect([hidden.status, hidden.body.code]).toEqual([404, "conversation_not_found"]);
    }
    expect((await say(carol, general, "hello?")).status).toBe(404);
    expect((await carol.get(`/conversation/${general}/messages`)).status).toBe(404);
    expect((await carol.get("/api/v1/users")).status).toBe(403);
    const own = (await carol.get("/user/me/conversations")).body.conversations;
    expect(own.map((each: { id: string }) => each.id)).toEqual([group]);
    expect(await server.db.conversationMember.count({ where: { user_id: carol.person.id } })).toBe(1);
    expect(await usesOf(id)).toBe(1);
    socket.close();
  });

  it("tells the members of that conversation who came, and the others neither of it nor of what follows", async () => {
    const { token } = await newInvite(ada, group);
    const before = await server.db.conversation.findUniqueOrThrow({ where: { id: group } });
    const [his, outside] = [await ben.connect(), await mallory.connect()];
    const carol = await newVisitor(token);
    const added = await his.next("member.added", (event) => event.member.user.id === carol.person.id);
    expect(added).toMatchObject({
      conversation_id: group,
      revision: before.revision + 1,
      member_version: before.member_version + 1,
      member_count: 3,
      member: { user: carol.person, role: "member" },
    });
    const hers = await carol.connect();
    await his.untilOnline(carol.person.id);
    await say(carol, group, "hello");
    await say(ben, general, "not for her");
    await outside.next("message.created", (event) => event.message.content === "not for her");
    await Promise.all([outside.settled(), hers.settled()]);
    expect(outside.all("member.added")).toEqual([]);
    expect(outside.presenceOf(carol.person.id)).toEqual([]);
    expect(hers.all("message.created").map((event) => event.message.content)).not.toContain("not for her");
    for (const socket of [his, hers, outside]) socket.close();
  });

  it("is noted, with the link and where it came from", async () => {
    const { id, token } = await newInvite(ada, group, { label: "Party" });
    const { person } = await newVisitor(token);
    const [event] = await server.db.auditEvent.findMany({ where: { action: "member.added", user_id: person.id } });
    expect(event).toMatchObject({
      actor_id: person.id,
      conversation_id: group,
      address: "127.0.0.1",
      details: { group: "Garden", invite_id: id, invite: "Party" },
    });
  });

  it("leads into General too, when the link does", async () => {
    const { token } = await newInvite(ada, general);
    const carol = await newVisitor(token);
    expect((await carol.get("/api/v1/conversations")).body.conversations).toMatchObject([{ id: general }]);
  });

  it("takes a form with the invite in a hidden field", async () => {
    const { id, token } = await newInvite(ada, group);
    const form = (fields: Record<string, string>) =>
      new TestClient(server.url).post("/guest", new URLSearchParams(fields).toString(), {
        "content-type": "application/x-www-form-urlencoded",
      });
    const username = freshName("Dora");
    const entered = await form({ username, invite: token });
    expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"]);
    expect(entered.headers.getSetCookie().some((cookie) => cookie.startsWith("confab_session="))).toBe(true);
    expect(await usesOf(id)).toBe(1);

    const refused = await form({ username: freshName("Dora"), invite: `${token}x` });
    expect([refused.status, refused.headers.get("location")]).toEqual([303, "/guest"]);
    expect(refused.headers.getSetCookie().some((cookie) => cookie.startsWith("confab_session="))).toBe(false);
    expect(await usesOf(id)).toBe(1);
  });

  it("is all or nothing: a name that is taken costs no use", async () => {
    const { id, token } = await newInvite(ada, group, { uses_max: 1 });
    const { status, body } = await new TestClient(server.url).post("/guest", { username: "BEN", invite: token });
    expect([status, body.code]).toEqual([409, "username_taken"]);
    expect([await usesOf(id), await server.db.inviteUse.count({ where: { invite_id: id } })]).toEqual([0, 0]);
    expect((await newVisitor(token)).person.role).toBe("guest");
    const late = await new TestClient(server.url).post("/guest", { username: freshName("Emil"), invite: token });
    expect([late.status, late.body.code]).toEqual([404, "invite_not_found"]);
  });

  it("refuses a link to an account, and whoever has no open link learns no taken name", async () => {
    const { id, token } = await newInvite(ada, null);
    const before = await server.db.user.count();
    for (const invite of [token, `${token}x`, "nonsense"])
      for (const username of ["Ben", freshName("Carol")]) {
        const answer = await new TestClient(server.url).post("/guest", { username, invite });
        expect([answer.status, answer.body.code]).toEqual([404, "invite_not_found"]);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    expect([await server.db.user.count(), await usesOf(id)]).toEqual([before, 0]);
  });

  it("is refused where guests are off, with the best of links", async () => {
    const { id, token } = await newInvite(ada, group);
    await ada.send("PATCH", "/api/v1/workspace", { guests: false });
    const answer = await new TestClient(server.url).post("/guest", { username: freshName("Carol"), invite: token });
    await ada.send("PATCH", "/api/v1/workspace", { guests: true });
    expect([answer.status, answer.body.code, await usesOf(id)]).toEqual([403, "guests_off", 0]);
    expect((await newVisitor(token)).person.role).toBe("guest");
  });

  it.each([null, 1, true, [], {}, "", "x".repeat(101), "a\u0000b"])("refuses %j for an invite", async (invite) => {
    const before = await server.db.user.count();
    const answer = await new TestClient(server.url).post("/guest", { username: freshName("Carol"), invite });
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, "invite"]);
    expect(await server.db.user.count()).toBe(before);
  });
});
