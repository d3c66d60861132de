import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSecondNode } from "../../../test/second-node.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, TestClient } from "../../../test/test-client.ts";
import { insertGroup, newGroup, say } from "../../../test/test-conversation.ts";
import { invitesPath, joinBy, newInvite } from "../../../test/test-invite.ts";
import { newOutsider } from "../../../test/test-outsider.ts";
import { asProgram } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;
/** Ben's alone. */
let group: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  mallory = await newUser(server.url, "Mallory");
  await ada.send("PATCH", "/api/v1/workspace", { group_creation: "users" });
});
afterAll(() => server.stop());
beforeEach(async () => {
  group = await newGroup(ben, "Garden", []);
});

const somebody = () => newOutsider(server, freshName("Carol"));
const usesOf = async (id: string) => (await server.db.invite.findUniqueOrThrow({ where: { id } })).use_count;
const memberCount = () => server.db.conversationMember.count({ where: { conversation_id: group } });
const stateOf = (id: string) => server.db.conversation.findUniqueOrThrow({ where: { id } });

describe("POST /api/v1/invites/join", () => {
  it("puts somebody into the conversation, with what is there already read, and answers with it", async () => {
    await say(ben, group, "before you came");
    const carol = await somebody();
    const { id, token } = await newInvite(ben, group);
    const answer = await joinBy(carol, token);
    expect(answer.status).toBe(200);
    const { conversation } = answer.body;
    expect(conversation).toMatchObject({ id: group, role: "member", member_count: 2, unread: 0, last_seq: 1 });
    expect((await carol.get(`/api/v1/conversations/${group}`)).body.conversation).toEqual(conversation);
    expect((await say(carol, group, "hello")).status).toBe(201);
    expect(await usesOf(id)).toBe(1);
  });

  it("tells the members who came, the newcomer what they see now, and nobody else anything", async () => {
    const carol = await somebody();
    const { token } = await newInvite(ben, group);
    const before = await stateOf(group);
    const [hers, his, outside] = await Promise.all([carol, ben, mallory].map((client) => client.connect()));
    const { conversation } = (await joinBy(carol, token)).body;
    expect(await hers?.next("conversation.joined")).toEqual({ type: "conversation.joined", conversation });
    expect(await his?.next("member.added")).toEqual({
      type: "member.added",
      conversation_id: group,
      revision: before.revision + 1,
      member_version: before.member_version + 1,
      member_count: 2,
      member: { user: carol.person, role: "member", joined_at: expect.stringMatching(/Z$/) },
    });
    await outside?.settled();
    expect(outside?.all("member.added")).toEqual([]);
    expect(outside?.all("conversation.joined")).toEqual([]);
    await say(carol, group, "here I am");
    expect((await his?.next("message.created"))?.message.content).toBe("here I am");
    for (const socket of [hers, his, outside]) socket?.close();
  });

  it("is noted, with the link they came by", async () => {
    const carol = await somebody();
    const { id, token } = await newInvite(ben, group, { label: "Party" });
    await joinBy(carol, token);
    const [event] = await server.db.auditEvent.findMany({
      where: { action: "member.added", user_id: carol.person.id },
    });
    expect(event).toMatchObject({
      actor_id: carol.person.id,
      conversation_id: group,
      address: "127.0.0.1",
      details: { group: "Garden", invite_id: id, invite: "Party" },
    });
  });

  it("takes guests, administrators and programs too", async () => {
    const { id, token } = await newInvite(ben, group);
    const guest = await newGuest(server.url, freshName("Dora"));
    for (const client of [guest, ada, await asProgram(await somebody())])
      expect(await joinBy(client, token)).toMatchObject({ status: 200, body: { conversation: { id: group } } });
    expect(await usesOf(id)).toBe(3);
    expect((await joinBy(new TestClient(server.url), token)).status).toBe(401);
    expect(await memberCount()).toBe(4);
  });

  it("costs who is in it already no use, changes nothing and tells nobody, whatever has become of the link", async () => {
    const { id, token } = await newInvite(ben, group, { uses_max: 1 });
    const carol = await somebody();
    const socket = await carol.connect();
    expect((await joinBy(ben, token)).body.conversation).toMatchObject({ id: group, role: "owner" });
    expect(await usesOf(id)).toBe(0);
    const [first, ...again] = await Promise.all(Array.from({ length: 5 }, () => joinBy(carol, token)));
    for (const answer of [first, ...again])
      expect(answer).toMatchObject({ status: 200, body: { conversation: { id: group, member_count: 2 } } });
    const before = await stateOf(group);
    await ben.send("DELETE", `${invitesPath(group)}/${id}`);
    expect((await joinBy(carol, token)).status).toBe(200);
    expect(await stateOf(group)).toEqual(before);
    await socket.settled();
    expect(socket.all("conversation.joined")).toHaveLength(1);
    expect(await usesOf(id)).toBe(1);
    socket.close();
  });

  it("counts a person once, who left and came back", async () => {
    const carol = await somebody();
    const { id, token } = await newInvite(ben, group, { uses_max: 2 });
    await joinBy(carol, token);
    expect((await carol.post(`/api/v1/conversations/${group}/leave`, {})).status).toBe(204);
    expect((await joinBy(carol, token)).status).toBe(200);
    expect([await usesOf(id), await memberCount()]).toEqual([1, 2]);
  });

  it("lets nobody back in by an older link who was taken out, until a newer one or somebody does", async () => {
    const outside = await mallory.connect();
    const old = await newInvite(ben, group);
    const [carol, dora] = [await somebody(), await somebody()];
    const removal = () => ben.send("DELETE", `/api/v1/conversations/${group}/members/${carol.person.id}`);
    const leaving = () => carol.post(`/api/v1/conversations/${group}/leave`, {});
    const refused = { status: 403, body: { code: "removed_from_group" } };
    await joinBy(carol, old.token);
    expect((await removal()).status).toBe(204);
    const seen = await ben.connect();
    expect(await joinBy(carol, old.token)).toMatchObject(refused);
    expect([await usesOf(old.id), await memberCount()]).toEqual([1, 1]);
    // It is hers alone, and goes for all links of before.
    expect((await joinBy(dora, old.token)).status).toBe(200);
    expect((await seen.next("member.added")).member.user).toEqual(dora.person);
    const newer = await newInvite(ben, group);
    expect((await joinBy(carol, newer.token)).status).toBe(200);
    expect((await removal()).status).toBe(204);
    for (const { token } of [old, newer]) expect(await joinBy(carol, token)).toMatchObject(refused);
    await ada.post(`/api/v1/conversations/${group}/members`, { user_ids: [carol.person.id] });
    expect((await leaving()).status).toBe(204);
    expect((await joinBy(carol, old.token)).status).toBe(200);
    expect(await server.db.memberRemoval.count({ where: { conversation_id: group } })).toBe(0);
    await outside.settled();
    expect(outside.all("member.added")).toEqual([]);
    for (const socket of [seen, outside]) socket.close();
  });

  it("is refused by a link to an account, which loses no use by it", async () => {
    const { id, token } = await newInvite(ada, null);
    expect(await joinBy(mallory, token)).toMatchObject({ status: 404, body: { code: "invite_not_found" } });
    expect(await usesOf(id)).toBe(0);
    expect(await server.db.inviteUse.count({ where: { invite_id: id } })).toBe(0);
  });
});

describe("a limit of uses", () => {
  let second: Awaited<ReturnType<typeof startSecondNode>>;

  beforeAll(async () => {
    second = await startSecondNode(server);
  });
  afterAll(() => second.stop());

  it("lets in as many of fifty who come at once, at either of two nodes", async () => {
    const { id, token } = await newInvite(ben, group, { uses_max: 10 });
    const nodes = Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? server.url : second.url));
    const crowd = await Promise.all(nodes.map((url) => newOutsider({ url, db: server.db }, freshName("Emil"))));
    const statuses = (await Promise.all(crowd.map((client) => joinBy(client, token)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 404)).toHaveLength(40);
    expect([await usesOf(id), await memberCount()]).toEqual([10, 11]);
    const { member_count } = await stateOf(group);
    expect(member_count).toBe(11);
    expect(await server.db.inviteUse.count({ where: { invite_id: id } })).toBe(10);
  }, 60_000);

  it("is kept by everyone who comes any way at once: joining, as a guest, with a new account", async () => {
    const { id, token } = await newInvite(ben, group, { uses_max: 5 });
    const users = await Promise.all([1, 2, 3, 4, 5].map(() => newOutsider(server, freshName("Emil"))));
    const nobody = new TestClient(server.url);
    const people = Array.from({ length: 5 }, () => freshName("Frida"));
    const answers = await Promise.all([
      ...users.map((client) => joinBy(client, token)),
      ...people.map((username) => new TestClient(second.url).post("/guest", { username, invite: token })),
      ...people.map((username) =>
        nobody.post("/register", {
          username: `${username} G`,
          email: `${username.replace(" ", ".")}@example.org`,
          password: "a long enough password",
          invite: token,
        }),
      ),
    ]);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(10);
    expect([await usesOf(id), await memberCount()]).toEqual([5, 6]);
    const made = await server.db.user.count({ where: { username: { startsWith: "Frida" } } });
    expect(made).toBe(answers.slice(5).filter(({ status }) => status === 201).length);
  }, 60_000);
});

describe("a limit of accounts", () => {
  it("is kept by everyone who registers at once, at either of two nodes", async () => {
    const second = await startSecondNode(server);
    const { id, token } = await newInvite(ada, null, { uses_max: 2 });
    const register = (n: number) => {
      const person = {
        username: freshName("Hugo"),
        email: `hugo.${n}@example.org`,
        password: "a long enough password",
      };
      return new TestClient(n % 2 === 0 ? server.url : second.url).post("/register", { ...person, invite: token });
    };
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(register));
    await second.stop();
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 404, 404, 404, 404, 404, 404]);
    expect(await usesOf(id)).toBe(2);
    expect(await server.db.user.count({ where: { username: { startsWith: "Hugo" } } })).toBe(2);
  }, 60_000);
});

describe("a link that ends while somebody joins", () => {
  /** Somebody joins by a link while its group is held by something else; `meanwhile` happens before they get it. */
  async function joinWhile(meanwhile: (id: string, userId: string) => Promise<unknown>) {
    const carol = await somebody();
    const { id, token } = await newInvite(ben, group);
    const answer = await server.db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM conversations WHERE id = ${group}::uuid FOR NO KEY UPDATE`;
      const joining = joinBy(carol, token);
      await expect.poll(waiting).toBe(1);
      await meanwhile(id, carol.person.id);
      return { joining };
    });
    return { answer: await answer.joining, id };
  }

  const waiting = async () => {
    const [row] = await server.db.$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return row?.n;
  };

  it.each([
    ["is revoked", (id: string) => server.db.invite.update({ where: { id }, data: { revoked_at: new Date() } })],
    ["runs out", (id: string) => server.db.invite.update({ where: { id }, data: { expires_at: new Date() } })],
    ["is used up", (id: string) => server.db.invite.update({ where: { id }, data: { uses_max: 1, use_count: 1 } })],
  ])("lets nobody in who waited when it %s", async (_what, meanwhile) => {
    const { answer, id } = await joinWhile(meanwhile);
    expect([answer.status, answer.body.code]).toEqual([404, "invite_not_found"]);
    expect(await server.db.inviteUse.count({ where: { invite_id: id } })).toBe(0);
    expect(await memberCount()).toBe(1);
  });

  it("lets nobody in who was taken out while they waited", async () => {
    const { answer } = await joinWhile((_, user_id) =>
      server.db.memberRemoval.create({ data: { conversation_id: group, user_id, removed_at: new Date() } }),
    );
    expect([answer.status, answer.body.code]).toEqual([403, "removed_from_group"]);
    expect(await memberCount()).toBe(1);
  });

  it("lets them in when nothing of that happens", async () => {
    expect((await joinWhile(async () => undefined)).answer.status).toBe(200);
  });

  it("goes by the database's clock: a moment before is open, a moment after is not", async () => {
    const carol = await somebody();
    const { id, token } = await newInvite(ben, group, { expires_in_hours: 1 });
    const at = (seconds: number) => server.db.$executeRaw`
      UPDATE invites SET expires_at = clock_timestamp() + make_interval(secs => ${seconds}::float8) WHERE id = ${id}::uuid`;
    await at(-0.001);
    expect((await joinBy(carol, token)).status).toBe(404);
    await at(60);
    expect((await joinBy(carol, token)).status).toBe(200);
  });
});

describe("many at once", () => {
  it("join, revoke, archive and delete groups without waiting for each other forever", async () => {
    const groups = await Promise.all(Array.from({ length: 5 }, () => insertGroup(server.db, "Short-lived", [])));
    const crowd = await Promise.all(Array.from({ length: 3 }, somebody));
    const invites = await Promise.all(groups.map((each) => newInvite(ada, each)));
    const answers = await Promise.all(
      groups.flatMap((each, index) => [
        ...crowd.map((client) => joinBy(client, invites[index]?.token ?? "")),
        ada.post(`/api/v1/conversations/${each}/delete`, { name: "Short-lived" }),
        ada.send("DELETE", `${invitesPath(each)}/${invites[index]?.id}`),
        new TestClient(server.url).post("/guest", { username: freshName("Gina"), invite: invites[index]?.token }),
      ]),
    );
    for (const { status, body } of answers) expect([200, 201, 204, 404], JSON.stringify(body)).toContain(status);
    expect(await server.db.conversation.count({ where: { id: { in: groups } } })).toBe(0);
  }, 60_000);
});
