import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, generalOf, newGroup, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";
import { wire } from "../../app.ts";
import { announceLeft, leaveAllGroups, lockAllGroups } from "./leave-all-groups.ts";

let server: TestServer;
let grace: TestClient;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;
let guest: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  grace = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newUser(server.url, "Carol");
  guest = await newGuest(server.url, "Gast");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

const refused = (status: number, code: string, field?: string) => ({
  status,
  body: { code, ...(field ? { errors: [{ field }] } : {}) },
});
const transfer = (who: TestClient, id: string, to: TestClient) =>
  who.put(conversationPath(id, "/owner"), { user_id: to.person.id });
const leave = (who: TestClient, id: string, successor?: TestClient) =>
  who.post(conversationPath(id, "/leave"), successor ? { successor_id: successor.person.id } : {});
const see = async (who: TestClient, id: string) => (await who.get(conversationPath(id))).body.conversation;
/** Who comes and goes is told at any time. */
const changesIn = ({ events }: TestSocket) => events.filter((event) => event.type !== "presence.changed");
const audited = (conversation_id: string, action: string) =>
  server.db.auditEvent.findMany({ where: { conversation_id, action }, orderBy: { at: "asc" } });

/** A group that Ada answers for; the administrator who made it is in it no more. */
async function groupOfAda(...others: TestClient[]): Promise<string> {
  const id = await newGroup(grace, freshName("Ada's group"), [ada, ...others]);
  expect((await leave(grace, id, ada)).status).toBe(204);
  return id;
}

/** Who is in a group, in which role, and who answers for it. */
async function rolesIn(id: string) {
  const group = await server.db.conversation.findUniqueOrThrow({ where: { id }, include: { members: true } });
  expect(group.member_count).toBe(group.members.length);
  return { keeper: group.owner_id, roles: new Map(group.members.map((member) => [member.user_id, member.role])) };
}

describe("PUT /api/v1/conversations/:id/owner", () => {
  it("hands the group over: both have their new rights, and everyone hears it in order", async () => {
    const id = await groupOfAda(ben, guest);
    const [before, after, seen, outsider] = [
      await ada.connect(),
      await ben.connect(),
      await guest.connect(),
      await mallory.connect(),
    ];
    const { revision, member_version } = await see(ada, id);
    const answer = await transfer(ada, id, ben);
    expect(answer).toMatchObject({
      status: 200,
      body: { conversation: { owner_id: ben.person.id, role: "member", can: { manage: false, delete: false } } },
    });
    await seen.next("conversation.updated");
    expect(changesIn(seen).slice(-3)).toMatchObject([
      {
        type: "member.updated",
        revision: revision + 1,
        member_version: member_version + 1,
        member: { role: "member" },
      },
      { type: "member.updated", revision: revision + 2, member_version: member_version + 2, member: { role: "owner" } },
      { type: "conversation.updated", revision: revision + 3, owner_id: ben.person.id },
    ]);
    expect(await after.next("conversation.joined")).toMatchObject({
      conversation: { role: "owner", revision: revision + 3, can: { transfer: true, delete: true } },
    });
    expect(await before.next("conversation.joined")).toMatchObject({ conversation: { role: "member" } });
    expect(await transfer(ada, id, ada)).toMatchObject(refused(403, "owner_required"));
    await outsider.settled();
    expect(outsider.all("conversation.updated")).toEqual([]);
    expect((await audited(id, "group.transferred")).at(-1)).toMatchObject({
      actor_id: ada.person.id,
      user_id: ben.person.id,
      details: { from: ada.person.id },
    });
  });

  it("is for administrators, too, and changes nothing for who answers for it already", async () => {
    const id = await groupOfAda(ben);
    const before = await see(ada, id);
    expect((await transfer(grace, id, ada)).status).toBe(200);
    expect(await see(ada, id)).toEqual(before);
    expect(await transfer(grace, id, ben)).toMatchObject({ status: 200, body: { conversation: { role: null } } });
    expect(await rolesIn(id)).toEqual({
      keeper: ben.person.id,
      roles: new Map([
        [ada.person.id, "member"],
        [ben.person.id, "owner"],
      ]),
    });
  });

  it("refuses guests, outsiders, other owners, members and direct conversations", async () => {
    const id = await groupOfAda(ben, carol, guest);
    await ada.put(conversationPath(id, `/members/${ben.person.id}/role`), { role: "owner" });
    expect(await transfer(ada, id, guest)).toMatchObject(refused(409, "guest_cannot_own"));
    expect(await transfer(ada, id, mallory)).toMatchObject(refused(404, "member_not_found"));
    for (const who of [ben, carol, guest])
      expect(await transfer(who, id, ben)).toMatchObject(refused(403, "owner_required"));
    for (const to of [id, newId()])
      expect(await transfer(mallory, to, ben)).toMatchObject(refused(404, "conversation_not_found"));
    expect(await ada.put(conversationPath(id, "/owner"), {})).toMatchObject(refused(400, "request_invalid", "user_id"));
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    expect(await transfer(ada, direct.body.conversation.id, ben)).toMatchObject(refused(409, "group_required"));
    expect((await rolesIn(id)).keeper).toBe(ada.person.id);
  });
});

describe("POST /api/v1/conversations/:id/leave", () => {
  it("takes a member out; the others hear it, and the one who left is told so", async () => {
    const id = await groupOfAda(ben, guest);
    const [leaver, seen] = [await guest.connect(), await ben.connect()];
    const { revision } = await see(ada, id);
    expect((await leave(guest, id)).status).toBe(204);
    expect(await leaver.next("conversation.left")).toMatchObject({ conversation_id: id });
    expect(await seen.next("member.removed")).toMatchObject({ user_id: guest.person.id, revision: revision + 1 });
    expect((await guest.get(conversationPath(id))).status).toBe(404);
    expect(await leave(guest, id)).toMatchObject(refused(404, "conversation_not_found"));
    expect((await audited(id, "member.left")).at(-1)).toMatchObject({
      actor_id: guest.person.id,
      details: { role: "member" },
    });
  });

  it("asks the owner who answers for the group for a successor, and hands it over", async () => {
    const id = await groupOfAda(ben, guest);
    expect(await leave(ada, id)).toMatchObject(refused(409, "successor_required"));
    expect(await leave(ada, id, guest)).toMatchObject(refused(409, "guest_cannot_own"));
    expect(await leave(ada, id, mallory)).toMatchObject(refused(404, "member_not_found"));
    expect(await leave(ada, id, ada)).toMatchObject(refused(400, "request_invalid", "successor_id"));
    expect((await rolesIn(id)).roles.size).toBe(3);
    const [successor, seen] = [await ben.connect(), await guest.connect()];
    const { revision } = await see(ada, id);
    expect((await leave(ada, id, ben)).status).toBe(204);
    await seen.next("conversation.updated");
    expect(changesIn(seen).slice(-3)).toMatchObject([
      { type: "member.removed", revision: revision + 1, user_id: ada.person.id },
      { type: "member.updated", revision: revision + 2, member: { role: "owner" } },
      { type: "conversation.updated", revision: revision + 3, owner_id: ben.person.id },
    ]);
    expect(await successor.next("conversation.joined")).toMatchObject({ conversation: { can: { transfer: true } } });
  });

  it("lets who is alone with guests, or all alone, just go", async () => {
    const id = await groupOfAda(guest);
    expect((await leave(ada, id)).status).toBe(204);
    expect(await rolesIn(id)).toEqual({ keeper: null, roles: new Map([[guest.person.id, "member"]]) });
    expect((await leave(guest, id)).status).toBe(204);
    expect(await rolesIn(id)).toEqual({ keeper: null, roles: new Map() });
  });

  it("is not for General, direct conversations, and who is not in it, administrators included", async () => {
    const id = await groupOfAda(ben);
    for (const who of [mallory, grace])
      expect(await leave(who, id)).toMatchObject(refused(404, "conversation_not_found"));
    expect(await leave(ben, (await generalOf(ben)).id)).toMatchObject(refused(409, "group_of_everyone"));
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    expect(await leave(ada, direct.body.conversation.id)).toMatchObject(refused(409, "group_required"));
  });
});

describe("a member whose account is deactivated", () => {
  it("is made owner by nobody and in no way: changed role, handed over, named by who leaves", async () => {
    const dan = await newUser(server.url, freshName("Dan"));
    const id = await groupOfAda(dan);
    expect((await grace.post(`/api/v1/accounts/${dan.person.id}/deactivate`, {})).status).toBe(200);
    const before = await rolesIn(id);
    const promote = () => ada.put(conversationPath(id, `/members/${dan.person.id}/role`), { role: "owner" });
    for (const act of [promote, () => transfer(ada, id, dan), () => leave(ada, id, dan)])
      expect(await act()).toMatchObject(refused(409, "account_deactivated"));
    expect(await rolesIn(id)).toEqual(before);
    expect((await grace.post(`/api/v1/accounts/${dan.person.id}/reactivate`, {})).status).toBe(200);
    expect((await promote()).status).toBe(200);
    expect((await leave(ada, id, dan)).status).toBe(204);
  });
});

describe("leaving all groups, of somebody who is gone for good", () => {
  it("hands each group to the longest-standing other owner, else member, never to a guest; General only to an administrator", async () => {
    const dora = await newUser(server.url, freshName("Dora"));
    const owned = async (...others: TestClient[]) => {
      const id = await newGroup(grace, freshName("Dora's group"), [guest, dora]);
      await leave(grace, id, dora);
      // One after the other, so that there is one who has been in it longest.
      for (const { person } of others) await dora.post(conversationPath(id, "/members"), { user_ids: [person.id] });
      return id;
    };
    const [among, withOwner, withGuests] = [await owned(carol, ben), await owned(carol, ben), await owned()];
    await dora.put(conversationPath(withOwner, `/members/${ben.person.id}/role`), { role: "owner" });
    const general = (await generalOf(dora)).id;
    await transfer(grace, general, dora);
    const direct = (await dora.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id })).body
      .conversation.id;
    await say(dora, direct, "stays");

    const deps = wire(server.config, server.db, {
      debug: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    });
    const changes = await server.db.$transaction(async (tx) =>
      leaveAllGroups(tx, dora.person.id, await lockAllGroups(tx, dora.person.id)),
    );
    await announceLeft(deps, changes);
    expect(changes.map((change) => change.left)).toEqual(changes.map(() => [dora.person.id]));
    expect(changes).toHaveLength(4);

    expect(await rolesIn(among)).toMatchObject({ keeper: carol.person.id });
    expect((await rolesIn(among)).roles.get(carol.person.id)).toBe("owner");
    expect(await rolesIn(withOwner)).toMatchObject({ keeper: ben.person.id });
    expect(await rolesIn(withGuests)).toEqual({ keeper: null, roles: new Map([[guest.person.id, "member"]]) });
    expect((await rolesIn(general)).keeper).toBe(grace.person.id);
    expect((await dora.get("/api/v1/conversations")).body.conversations).toMatchObject([{ id: direct }]);
    expect(await audited(among, "group.transferred")).toMatchObject([
      { user_id: dora.person.id },
      { actor_id: null, user_id: carol.person.id, details: { from: dora.person.id } },
    ]);
  });

  it("passes over accounts that do not work", async () => {
    const [dan, eve] = [await newUser(server.url, freshName("Dan")), await newUser(server.url, freshName("Eve"))];
    const id = await newGroup(grace, freshName("Left"), [dan, eve]);
    await leave(grace, id, dan);
    await dan.put(conversationPath(id, `/members/${eve.person.id}/role`), { role: "owner" });
    await server.db.user.update({ where: { id: eve.person.id }, data: { deactivated_at: new Date() } });
    expect((await leave(dan, id)).status).toBe(204);
    expect((await rolesIn(id)).keeper).toBeNull();
  });
});
