import { newId } from "@confab/shared/ids";
import type { Invite } from "@confab/shared/invites";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, newAdministrator, newGuest, newUser, TestClient } from "../../../test/test-client.ts";
import { newGroup } from "../../../test/test-conversation.ts";
import { invitesPath, joinBy, newInvite } from "../../../test/test-invite.ts";
import { expectPages } from "../../../test/test-pages.ts";

let server: TestServer;
/** The administrator, who is in none of the groups. */
let ada: TestClient;
/** Owns the group; Carol is in it; Mallory is not. */
let ben: TestClient;
let carol: TestClient;
let mallory: TestClient;
let group: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newUser(server.url, "Carol");
  mallory = await newUser(server.url, "Mallory");
  await ada.send("PATCH", "/api/v1/workspace", { group_creation: "users" });
  group = await newGroup(ben, "Garden", [carol]);
});
afterAll(() => server.stop());

const list = async (client: TestClient, target: string | null): Promise<Invite[]> =>
  (await client.get(invitesPath(target))).body.invites;
const revoke = (client: TestClient, target: string | null, id: string) =>
  client.send("DELETE", `${invitesPath(target)}/${id}`);
const usesOf = (client: TestClient, target: string | null, id: string) =>
  client.get(`${invitesPath(target)}/${id}/uses`);

async function auditOf(action: string, inviteId: string) {
  const events = await server.db.auditEvent.findMany({ where: { action }, orderBy: { id: "asc" } });
  return events.filter((event) => (event.details as { invite_id?: string } | null)?.invite_id === inviteId);
}

function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
}

describe.each([
  ["into a conversation", () => group, () => ben],
  ["to an account", () => null, () => ada],
])("links %s", (_what, target, maker) => {
  it("are made with a label, an end and a number of uses, and noted", async () => {
    const before = Date.now();
    const body = { label: "  The   summer  party ", expires_in_hours: 1.5, uses_max: 3 };
    const answer = await maker().post(invitesPath(target()), body);
    expect(answer.status).toBe(201);
    const { invite } = answer.body;
    expect(invite).toEqual({
      id: expect.any(String),
      conversation_id: target(),
      label: "The summer party",
      token: expect.stringMatching(/^[\w-]{44}$/),
      created_by: maker().person,
      created_at: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      uses_max: 3,
      use_count: 0,
      revoked_at: null,
      is_open: true,
    });
    expect(Math.abs(Date.parse(invite.expires_at) - before - 5_400_000)).toBeLessThan(30_000);
    expect(await auditOf("invite.created", invite.id)).toMatchObject([
      {
        actor_id: maker().person.id,
        conversation_id: target(),
        address: "127.0.0.1",
        details: { label: "The summer party" },
      },
    ]);
  });

  it("need no limit at all", async () => {
    const invite = await newInvite(maker(), target());
    expect(invite).toMatchObject({ label: "", expires_at: null, uses_max: null, is_open: true });
  });

  it("are listed with their secrets, the newest first, also those that are over", async () => {
    const [first, second] = [await newInvite(maker(), target()), await newInvite(maker(), target(), { label: "2" })];
    await revoke(maker(), target(), first.id);
    const invites = await list(maker(), target());
    expect(invites[0]).toEqual(second);
    expect(invites[1]).toMatchObject({ id: first.id, token: first.token, is_open: false });
    expect(invites[1]?.revoked_at).toMatch(/Z$/);
    const moments = invites.map((invite) => invite.created_at);
    expect(moments).toEqual([...moments].sort().reverse());
    expect(new Set(invites.map((invite) => invite.conversation_id))).toEqual(new Set([target()]));
  });

  it("are listed page by page, also those of one moment", async () => {
    for (let n = 0; n < 3; n += 1) await newInvite(maker(), target());
    const created_at = new Date(Date.now() - 1_000);
    await server.db.invite.updateMany({ where: { conversation_id: target() }, data: { created_at } });
    await newInvite(maker(), target());
    const ids = (await expectPages(maker(), invitesPath(target()), "invites")).map(({ id }) => id);
    expect(ids.length).toBe(await server.db.invite.count({ where: { conversation_id: target() } }));
  });

  it("store no secret", async () => {
    const { id, token } = await newInvite(maker(), target());
    const row = await server.db.invite.findUniqueOrThrow({ where: { id } });
    const events = await server.db.auditEvent.findMany();
    const stored = JSON.stringify([row, events]);
    for (const secret of [token, token.slice(22)]) expect(stored).not.toContain(secret);
  });

  it("are revoked once, and that is noted once", async () => {
    const { id } = await newInvite(maker(), target(), { label: "Mistake" });
    expect(await revoke(maker(), target(), id)).toMatchObject({ status: 204, body: "" });
    const [revoked] = await list(maker(), target());
    expect((await revoke(maker(), target(), id)).status).toBe(204);
    expect((await list(maker(), target()))[0]).toEqual(revoked);
    expect(await auditOf("invite.revoked", id)).toMatchObject([
      { actor_id: maker().person.id, conversation_id: target(), details: { label: "Mistake" } },
    ]);
  });

  it.each([
    ["label", [null, 1, true, ["x"], {}, "x".repeat(81), "a\u0000b", "a\ud800b"]],
    ["expires_in_hours", [null, "1", 0, -1, 24 * 365 + 1, 1e300, [1], {}]],
    ["uses_max", [null, "1", 0, -1, 1.5, 10_001, 4_294_967_297, [1], {}]],
    ["id", [newId()]],
    ["token", ["x"]],
    ["role", ["owner"]],
    ["created_by", [newId()]],
    ["created_at", ["2026-01-01T00:00:00Z"]],
    ["conversation_id", [newId()]],
    ["use_count", [0]],
  ])("refuse a wrong %s, naming it, and nothing is made", async (field, values) => {
    const before = await server.db.invite.count();
    for (const value of values) {
      const answer = await maker().post(invitesPath(target()), { label: "x", [field]: value });
      expect([answer.status, value]).toEqual([400, value]);
      expect(answer.body.errors[0].field).toBe(field);
    }
    expect((await maker().post(invitesPath(target()), '{"__proto__":{"uses_max":1}}')).status).toBe(400);
    expect(await server.db.invite.count()).toBe(before);
  });

  it("of another target, or of none, are the same 404", async () => {
    const other = target() === null ? group : await newGroup(ben, "Elsewhere", []);
    const elsewhere = await newInvite(target() === null ? ada : ben, other);
    for (const id of [elsewhere.id, newId()]) {
      expectRefused(await revoke(maker(), target(), id), 404, "invite_not_found");
      expectRefused(await usesOf(maker(), target(), id), 404, "invite_not_found");
    }
    expect((await server.db.invite.findUniqueOrThrow({ where: { id: elsewhere.id } })).revoked_at).toBeNull();
    for (const id of ["x", newId().toUpperCase()]) {
      const answer = await revoke(maker(), target(), id);
      expect([answer.status, answer.body.errors[0].field]).toEqual([400, "invite_id"]);
    }
  });
});

/** Every act, tried by somebody on a target: its answers in order. */
async function tryAll(client: TestClient, target: string | null, inviteId: string): Promise<[number, string][]> {
  const answers = [
    await client.get(invitesPath(target)),
    await client.post(invitesPath(target), {}),
    await revoke(client, target, inviteId),
    await usesOf(client, target, inviteId),
  ];
  return answers.map(({ status, body }) => [status, body.code]);
}

const four = (status: number, code: string) => Array.from({ length: 4 }, () => [status, code]);

describe("links into a conversation", () => {
  it("are also kept by an administrator who is not in it", async () => {
    const { id } = await newInvite(ben, group);
    const mine = await newInvite(ada, group);
    expect(mine.created_by).toEqual(ada.person);
    expect((await list(ada, group)).map((invite) => invite.id)).toEqual((await list(ben, group)).map(({ id }) => id));
    expect((await revoke(ada, group, id)).status).toBe(204);
    expect((await revoke(ben, group, mine.id)).status).toBe(204);
  });

  it("are refused to members who are no owners, and to everybody else as if there were nothing", async () => {
    const { id } = await newInvite(ben, group);
    const before = await server.db.invite.count();
    expect(await tryAll(carol, group, id)).toEqual(four(403, "owner_required"));
    const guest = await newGuest(server.url, "Dora");
    for (const client of [mallory, guest]) {
      expect(await tryAll(client, group, id)).toEqual(four(404, "conversation_not_found"));
      const [foreign, absent] = await Promise.all([group, newId()].map((one) => client.get(invitesPath(one))));
      expect({ ...foreign?.body, request_id: "" }).toEqual({ ...absent?.body, request_id: "" });
    }
    expect(await tryAll(new TestClient(server.url), group, id)).toEqual(four(401, "sign_in_required"));
    expect(await server.db.invite.count()).toBe(before);
    expect((await server.db.invite.findUniqueOrThrow({ where: { id } })).revoked_at).toBeNull();
  });

  it("do not lead into a conversation of two", async () => {
    const made = await ben.post("/api/v1/conversations", { kind: "direct", user_id: carol.person.id });
    const direct = made.body.conversation.id;
    expect(await tryAll(ben, direct, newId())).toEqual(four(409, "group_required"));
    expect(await tryAll(ada, direct, newId())).toEqual(four(409, "group_required"));
    expect(await tryAll(mallory, direct, newId())).toEqual(four(404, "conversation_not_found"));
  });

  it("are not made into an archived group, where the old ones can be seen, revoked, and lead nowhere", async () => {
    const archived = await newGroup(ben, "Archive", []);
    const { id } = await newInvite(ben, archived);
    await ben.post(`/api/v1/conversations/${archived}/archive`, {});
    expectRefused(await ben.post(invitesPath(archived), {}), 409, "conversation_archived");
    expect(await list(ben, archived)).toMatchObject([{ id, is_open: false }]);
    expect((await usesOf(ben, archived, id)).body).toEqual({ uses: [], next: null });
    expect((await revoke(ben, archived, id)).status).toBe(204);
  });

  it("tell nobody on a socket", async () => {
    const sockets = await Promise.all([ben, carol, ada].map((client) => client.connect()));
    const { id } = await newInvite(ben, group);
    await revoke(ben, group, id);
    for (const socket of sockets) {
      await socket.settled();
      expect(
        socket.events.map((event) => event.type).filter((type) => /invite|conversation|member/.test(type)),
      ).toEqual([]);
      socket.close();
    }
  });
});

describe("links to an account", () => {
  it("are for administrators alone", async () => {
    const { id } = await newInvite(ada, null);
    const guest = await newGuest(server.url, "Emil");
    for (const client of [ben, carol, guest])
      expect(await tryAll(client, null, id)).toEqual(four(403, "role_insufficient"));
    expect(await tryAll(new TestClient(server.url), null, id)).toEqual(four(401, "sign_in_required"));
  });
});

describe("the uses of a link", () => {
  it("say who came and when, the newest first, also whose visit is over and who is no member any more", async () => {
    const { id, token } = await newInvite(ben, group);
    const guest = new TestClient(server.url);
    const made = await guest.post("/guest", { username: "Frida", invite: token });
    expect(made.status).toBe(201);
    const gina = await newUser(server.url, "Gina");
    await joinBy(gina, token);
    const guestId = made.body.user.id;
    await ben.send("DELETE", `/api/v1/conversations/${group}/members/${gina.person.id}`);
    expect((await ada.post(`/api/v1/accounts/${guestId}/expire`, {})).status).toBe(200);

    for (const client of [ben, ada]) {
      const { status, body } = await usesOf(client, group, id);
      expect(status).toBe(200);
      expect(body.uses).toEqual([
        { user: gina.person, used_at: expect.stringMatching(/Z$/) },
        { user: { id: guestId, username: "Guest", role: "guest" }, used_at: expect.stringMatching(/Z$/) },
      ]);
    }
    expect((await list(ben, group)).find((invite) => invite.id === id)?.use_count).toBe(2);
  });

  it("come page by page, also those of one moment", async () => {
    const { id } = await newInvite(ben, group);
    const used_at = new Date();
    const data = [ada, ben, carol].map(({ person }) => ({ invite_id: id, user_id: person.id, used_at }));
    await server.db.inviteUse.createMany({ data: [...data, { invite_id: id, user_id: mallory.person.id }] });
    expect(await expectPages(ben, `${invitesPath(group)}/${id}/uses`, "uses")).toHaveLength(4);
  });
});
