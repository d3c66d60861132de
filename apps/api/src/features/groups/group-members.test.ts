import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, generalOf, newGroup, say } from "../../../test/test-conversation.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;
let guest: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newUser(server.url, "Carol");
  guest = await newGuest(server.url, "Gast");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

const members = (id: string) => conversationPath(id, "/members");
const memberPath = (id: string, client: TestClient) => `${members(id)}/${client.person.id}`;
const setRole = (who: TestClient, id: string, whose: TestClient, role: string) =>
  who.put(`${memberPath(id, whose)}/role`, { role });
const refused = (status: number, code: string, field?: string) => ({
  status,
  body: { code, ...(field ? { errors: [{ field }] } : {}) },
});

/** A group of Ada's in which Ben is an owner, too. */
async function groupOfBen(...others: TestClient[]): Promise<string> {
  const id = await newGroup(ada, freshName("Ben's group"), [ben, ...others]);
  expect((await setRole(ada, id, ben, "owner")).status).toBe(200);
  return id;
}

async function expectConsistent(id: string): Promise<void> {
  const group = await server.db.conversation.findUniqueOrThrow({ where: { id }, include: { members: true } });
  expect(group.member_count).toBe(group.members.length);
}

const audited = (conversation_id: string, action: string) =>
  server.db.auditEvent.findMany({ where: { conversation_id, action }, orderBy: { at: "asc" } });

describe("POST /api/v1/conversations/:id/members", () => {
  it("adds people, tells them the group as they see it, and everyone else who came, each with a revision of its own", async () => {
    const id = await groupOfBen();
    for (let n = 0; n < 3; n += 1) await say(ada, id, "before they came");
    const { revision, member_version } = (await ben.get(conversationPath(id))).body.conversation;
    const [seen, newcomer, outsider] = [await ada.connect(), await carol.connect(), await mallory.connect()];
    const user_ids = [carol.person.id, guest.person.id, ada.person.id, carol.person.id];
    const { status, body } = await ben.post(members(id), { user_ids });
    expect(status).toBe(200);
    expect(body.members.map((member: { user: object; role: string }) => [member.user, member.role])).toEqual([
      [carol.person, "member"],
      [guest.person, "member"],
    ]);
    await seen.next("member.added", (event) => event.member.user.id === guest.person.id);
    expect(seen.all("member.added")).toEqual(
      body.members.map((member: object, index: number) => ({
        type: "member.added",
        conversation_id: id,
        revision: revision + 1 + index,
        member_version: member_version + 1 + index,
        member_count: 3 + index,
        member,
      })),
    );
    const { conversation } = await newcomer.next("conversation.joined");
    expect(conversation).toEqual((await carol.get(conversationPath(id))).body.conversation);
    expect(conversation).toMatchObject({ read_seq: 3, unread: 0, revision: revision + 2, member_count: 4 });
    for (const socket of [newcomer, outsider]) await socket.settled();
    expect(newcomer.all("member.added")).toEqual([]);
    expect(outsider.events.filter((event) => event.type !== "presence.changed").map(({ type }) => type)).toEqual([
      "ready",
      "pong",
    ]);
    await expectConsistent(id);
    const rows = await audited(id, "member.added");
    expect(new Set(rows.map((row) => row.user_id))).toEqual(new Set([carol.person.id, guest.person.id]));
    for (const row of rows) expect(row).toMatchObject({ actor_id: ben.person.id, address: "127.0.0.1" });
  });

  it("says nothing new about who is in it already", async () => {
    const id = await groupOfBen(carol);
    const before = (await ben.get(conversationPath(id))).body.conversation;
    const socket = await carol.connect();
    expect((await ben.post(members(id), { user_ids: [carol.person.id] })).body).toEqual({ members: [] });
    await socket.settled();
    expect(socket.all("conversation.joined")).toEqual([]);
    expect((await ben.get(conversationPath(id))).body.conversation).toEqual(before);
  });

  it("takes as many as a body holds", async () => {
    const id = await groupOfBen();
    const people = Array.from({ length: 2_000 }, (_, n) => ({
      id: newId(),
      username: `P ${n}`,
      username_key: `p ${n}`,
    }));
    await server.db.user.createMany({ data: people.map((person) => ({ ...person, role: "user" })) });
    const answer = await ben.post(members(id), { user_ids: people.map((person) => person.id) });
    expect(answer.status).toBe(200);
    expect(answer.body.members).toHaveLength(2_000);
    await expectConsistent(id);
    expect(await audited(id, "member.added")).toHaveLength(2_000);
  });

  it("refuses whoever may not, who cannot come, and where nobody can", async () => {
    const id = await groupOfBen(guest);
    const gone = await newUser(server.url, "Gone");
    await server.db.user.update({ where: { id: gone.person.id }, data: { deactivated_at: new Date() } });
    const add = (who: TestClient, user_ids: string[], to = id) => who.post(members(to), { user_ids });
    expect(await add(guest, [carol.person.id])).toMatchObject(refused(403, "owner_required"));
    for (const to of [id, newId()])
      expect(await add(mallory, [mallory.person.id], to)).toMatchObject(refused(404, "conversation_not_found"));
    for (const user of [newId(), gone.person.id])
      expect(await add(ben, [carol.person.id, user])).toMatchObject(refused(400, "request_invalid", "user_ids"));
    expect(await add(ben, [])).toMatchObject(refused(400, "request_invalid", "user_ids"));
    const general = await generalOf(ada);
    expect(await add(ada, [carol.person.id], general.id)).toMatchObject(refused(409, "group_of_everyone"));
    const direct = await ben.post("/api/v1/conversations", { kind: "direct", user_id: carol.person.id });
    expect(await add(ben, [ada.person.id], direct.body.conversation.id)).toMatchObject(refused(409, "group_required"));
    await ben.post(conversationPath(id, "/archive"), {});
    expect(await add(ben, [carol.person.id])).toMatchObject(refused(409, "conversation_archived"));
    expect((await ada.get(members(id))).body.members).toHaveLength(3);
    await expectConsistent(id);
  });
});

describe("DELETE /api/v1/conversations/:id/members/:user_id", () => {
  it("takes somebody out, tells them so, and the others who it was", async () => {
    const id = await groupOfBen(carol, guest);
    const [removed, seen, outsider] = [await carol.connect(), await guest.connect(), await mallory.connect()];
    const before = (await ben.get(conversationPath(id))).body.conversation;
    expect((await ben.send("DELETE", memberPath(id, carol))).status).toBe(204);
    const member_version = before.member_version + 1;
    expect(await removed.next("conversation.left")).toEqual({
      type: "conversation.left",
      conversation_id: id,
      member_version,
    });
    expect(await seen.next("member.removed")).toEqual({
      type: "member.removed",
      conversation_id: id,
      revision: before.revision + 1,
      member_version,
      member_count: before.member_count - 1,
      user_id: carol.person.id,
    });
    for (const socket of [removed, outsider]) await socket.settled();
    expect(removed.all("member.removed")).toEqual([]);
    expect(outsider.all("conversation.left")).toEqual([]);
    expect(await carol.get(conversationPath(id))).toMatchObject(refused(404, "conversation_not_found"));
    expect(await say(carol, id, "still here?")).toMatchObject(refused(404, "conversation_not_found"));
    await expectConsistent(id);
    expect(await audited(id, "member.removed")).toMatchObject([{ actor_id: ben.person.id, user_id: carol.person.id }]);
  });

  it("lets only an administrator take out the owner who answers for the group, and it goes to the next owner", async () => {
    const id = await newGroup(ada, "Handed on", [carol, ben]);
    await ada.put(conversationPath(id, "/owner"), { user_id: carol.person.id });
    await setRole(ada, id, ben, "owner");
    expect(await ben.send("DELETE", memberPath(id, carol))).toMatchObject(refused(403, "owner_required"));
    const successor = await ben.connect();
    const { revision } = (await ben.get(conversationPath(id))).body.conversation;
    expect((await ada.send("DELETE", memberPath(id, carol))).status).toBe(204);
    expect(await successor.next("conversation.updated")).toMatchObject({
      owner_id: ben.person.id,
      revision: revision + 2,
    });
    expect(await successor.next("conversation.joined")).toMatchObject({
      conversation: { id, role: "owner", can: { delete: true } },
    });
    expect(await audited(id, "group.transferred")).toMatchObject([
      { actor_id: ada.person.id, user_id: carol.person.id },
      { actor_id: ada.person.id, user_id: ben.person.id, details: { from: carol.person.id } },
    ]);
  });

  it("refuses oneself, whoever may not, and who is not in it", async () => {
    const id = await groupOfBen(carol);
    expect(await ben.send("DELETE", memberPath(id, ben))).toMatchObject(refused(400, "request_invalid", "user_id"));
    expect(await carol.send("DELETE", memberPath(id, ben))).toMatchObject(refused(403, "owner_required"));
    expect(await mallory.send("DELETE", memberPath(id, ben))).toMatchObject(refused(404, "conversation_not_found"));
    expect(await ben.send("DELETE", memberPath(id, mallory))).toMatchObject(refused(404, "member_not_found"));
    expect(await ben.send("DELETE", `${members(id)}/${newId()}`)).toMatchObject(refused(404, "member_not_found"));
    expect((await ben.send("DELETE", `${members(id)}/carol`)).status).toBe(400);
    const general = await generalOf(ada);
    expect(await ada.send("DELETE", memberPath(general.id, carol))).toMatchObject(refused(409, "group_of_everyone"));
    await ben.post(conversationPath(id, "/archive"), {});
    expect(await ben.send("DELETE", memberPath(id, carol))).toMatchObject(refused(409, "conversation_archived"));
    expect((await ada.get(members(id))).body.members).toHaveLength(3);
  });
});

describe("PUT /api/v1/conversations/:id/members/:user_id/role", () => {
  it("makes an owner and a member again; who it is has their new rights at once", async () => {
    const id = await groupOfBen(carol);
    const [concerned, seen, outsider] = [await carol.connect(), await ada.connect(), await mallory.connect()];
    const before = (await ben.get(conversationPath(id))).body.conversation;
    const made = await setRole(ben, id, carol, "owner");
    expect(made).toMatchObject({ status: 200, body: { member: { user: carol.person, role: "owner" } } });
    expect(await seen.next("member.updated")).toEqual({
      type: "member.updated",
      conversation_id: id,
      revision: before.revision + 1,
      member_version: before.member_version + 1,
      member_count: before.member_count,
      member: made.body.member,
    });
    expect(await concerned.next("conversation.joined")).toMatchObject({
      conversation: { id, role: "owner", can: { manage: true, delete: false } },
    });
    expect((await carol.send("PATCH", conversationPath(id), { name: "By Carol" })).status).toBe(200);
    expect((await setRole(ben, id, carol, "member")).status).toBe(200);
    await concerned.next("conversation.joined", (event) => event.conversation.role === "member");
    expect(await carol.send("PATCH", conversationPath(id), { name: "Again" })).toMatchObject(
      refused(403, "owner_required"),
    );
    await outsider.settled();
    expect(outsider.all("member.updated")).toEqual([]);
    expect((await audited(id, "member.role_changed")).slice(1)).toMatchObject([
      { actor_id: ben.person.id, user_id: carol.person.id, details: { from: "member", to: "owner" } },
      { actor_id: ben.person.id, user_id: carol.person.id, details: { from: "owner", to: "member" } },
    ]);
  });

  it("changes nothing where the role is that already", async () => {
    const id = await groupOfBen(carol);
    const before = (await ben.get(conversationPath(id))).body.conversation;
    expect((await setRole(ben, id, carol, "member")).status).toBe(200);
    expect((await ben.get(conversationPath(id))).body.conversation).toEqual(before);
  });

  it("gives a group that nobody answers for to the first owner it gets", async () => {
    const id = await newGroup(ada, "Nobody's", [guest]);
    expect((await ada.post(conversationPath(id, "/leave"), {})).status).toBe(204);
    expect((await ada.get(conversationPath(id))).body.conversation.owner_id).toBeNull();
    await ada.post(members(id), { user_ids: [carol.person.id] });
    await setRole(ada, id, carol, "owner");
    expect((await carol.get(conversationPath(id))).body.conversation).toMatchObject({
      owner_id: carol.person.id,
      can: { transfer: true },
    });
  });

  it("refuses guests as owners, the owner who answers for it as member, and whoever may not", async () => {
    const id = await groupOfBen(carol, guest);
    expect(await setRole(ben, id, guest, "owner")).toMatchObject(refused(409, "guest_cannot_own"));
    for (const who of [ada, ben])
      expect(await setRole(who, id, ada, "member")).toMatchObject(refused(409, "successor_required"));
    expect(await setRole(carol, id, carol, "owner")).toMatchObject(refused(403, "owner_required"));
    expect(await setRole(mallory, id, mallory, "owner")).toMatchObject(refused(404, "conversation_not_found"));
    expect(await setRole(ben, id, mallory, "owner")).toMatchObject(refused(404, "member_not_found"));
    expect(await setRole(ben, id, carol, "admin")).toMatchObject(refused(400, "request_invalid", "role"));
  });
});
