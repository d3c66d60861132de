import type { Conversation } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, generalOf, newGroup, say } from "../../../test/test-conversation.ts";

let server: TestServer;
let grace: TestClient;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  grace = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

const refused = (status: number, code: string, field?: string) => ({
  status,
  body: { code, ...(field ? { errors: [{ field }] } : {}) },
});
const update = (who: TestClient, id: string, body: object) => who.send("PATCH", conversationPath(id), body);
const archive = (who: TestClient, id: string) => who.post(conversationPath(id, "/archive"), {});
const restore = (who: TestClient, id: string) => who.post(conversationPath(id, "/restore"), {});
const see = async (who: TestClient, id: string) => (await who.get(conversationPath(id))).body.conversation;
const audited = (conversation_id: string, action: string) =>
  server.db.auditEvent.findMany({ where: { conversation_id, action }, orderBy: { at: "asc" } });

/** A group in which Ada is owner and Ben a member; the administrator who made it is in it no more. */
async function groupOfAda(name = freshName("Ada's group")): Promise<string> {
  const id = await newGroup(grace, name, [ada, ben]);
  expect((await grace.post(conversationPath(id, "/leave"), { successor_id: ada.person.id })).status).toBe(204);
  return id;
}

describe("PATCH /api/v1/conversations/:id", () => {
  it("renames and describes, and tells everyone in it", async () => {
    const id = await groupOfAda("Garden");
    const [seen, outsider] = [await ben.connect(), await mallory.connect()];
    const before = await see(ada, id);
    const answer = await update(ada, id, { name: "  The   garden ", description: "What grows." });
    expect(answer).toMatchObject({
      status: 200,
      body: { conversation: { name: "The garden", description: "What grows.", revision: before.revision + 1 } },
    });
    const { name, description, owner_id, archived_at, updated_at, revision } = answer.body.conversation;
    expect(updated_at > before.updated_at).toBe(true);
    expect(await seen.next("conversation.updated")).toEqual({
      type: "conversation.updated",
      ...{ conversation_id: id, revision, name, description, owner_id, archived_at, updated_at },
    });
    await outsider.settled();
    expect(outsider.all("conversation.updated")).toEqual([]);
    expect(await update(grace, id, { description: "" })).toMatchObject({
      status: 200,
      body: { conversation: { name: "The garden", description: null, role: null } },
    });
    expect(await audited(id, "group.updated")).toMatchObject([
      {
        actor_id: ada.person.id,
        details: { name: { from: "Garden", to: "The garden" }, description: { from: null, to: "What grows." } },
      },
      { actor_id: grace.person.id, details: { description: { from: "What grows.", to: null } } },
    ]);
  });

  it("says nothing where nothing changes", async () => {
    const id = await groupOfAda();
    const before = await see(ada, id);
    expect((await update(ada, id, { name: before.name, description: "" })).body.conversation).toEqual(before);
    expect(await audited(id, "group.updated")).toEqual([]);
  });

  it("refuses members, outsiders, direct conversations and bad fields", async () => {
    const id = await groupOfAda();
    const before = await see(ada, id);
    expect(await update(ben, id, { name: "Mine" })).toMatchObject(refused(403, "owner_required"));
    for (const to of [id, newId()])
      expect(await update(mallory, to, { name: "Mine" })).toMatchObject(refused(404, "conversation_not_found"));
    const { body } = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const direct = body.conversation.id;
    for (const who of [ada, grace])
      expect(await update(who, direct, { name: "Us" })).toMatchObject(refused(409, "group_required"));
    expect(await update(mallory, direct, { name: "Us" })).toMatchObject(refused(404, "conversation_not_found"));
    for (const [change, field] of [
      [{}, ""],
      [{ name: "" }, "name"],
      [{ name: "x".repeat(81) }, "name"],
      [{ name: null }, "name"],
      [{ description: "x".repeat(501) }, "description"],
      [{ name: "Fine", owner_id: ben.person.id }, "owner_id"],
      [{ name: "Fine", archived_at: null }, "archived_at"],
    ] as const)
      expect(await update(ada, id, change)).toMatchObject(refused(400, "request_invalid", field));
    expect(await see(ada, id)).toEqual(before);
  });
});

describe("POST /api/v1/conversations/:id/archive and /restore", () => {
  it("closes a group for writing, and opens it again; everyone in it is told, with their rights", async () => {
    const id = await groupOfAda();
    const [seen, outsider] = [await ben.connect(), await mallory.connect()];
    const { revision } = await see(ada, id);
    const closed = await archive(ada, id);
    expect(closed).toMatchObject({
      status: 200,
      body: { conversation: { archived_at: expect.any(String), can: { send: false, archive: true } } },
    });
    const { archived_at } = closed.body.conversation;
    expect(await seen.next("conversation.updated")).toMatchObject({ archived_at, revision: revision + 1 });
    expect(await seen.next("conversation.joined")).toMatchObject({ conversation: { id, can: { send: false } } });
    expect(await say(ben, id, "too late")).toMatchObject(refused(409, "conversation_archived"));
    expect((await archive(ada, id)).body.conversation).toEqual(closed.body.conversation);
    expect(await restore(grace, id)).toMatchObject({ status: 200, body: { conversation: { archived_at: null } } });
    await seen.next("conversation.joined", ({ conversation }) => conversation.can.send);
    expect((await say(ben, id, "open again")).status).toBe(201);
    expect((await restore(ada, id)).body.conversation).toMatchObject({ revision: revision + 3 });
    await outsider.settled();
    expect(outsider.all("conversation.updated")).toEqual([]);
    expect(await audited(id, "group.archived")).toMatchObject([{ actor_id: ada.person.id }]);
    expect(await audited(id, "group.restored")).toMatchObject([{ actor_id: grace.person.id }]);
  });

  it("refuses members, outsiders, direct conversations and General", async () => {
    const id = await groupOfAda();
    const general = (await generalOf(grace)).id;
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    for (const act of [archive, restore]) {
      expect(await act(ben, id)).toMatchObject(refused(403, "owner_required"));
      for (const to of [id, newId()])
        expect(await act(mallory, to)).toMatchObject(refused(404, "conversation_not_found"));
      expect(await act(ada, direct.body.conversation.id)).toMatchObject(refused(409, "group_required"));
      expect(await act(grace, general)).toMatchObject(refused(409, "group_of_everyone"));
    }
  });
});

describe("POST /api/v1/conversations/:id/delete", () => {
  const remove = (who: TestClient, id: string, name: string) => who.post(conversationPath(id, "/delete"), { name });

  async function insertMessages(id: string, count: number): Promise<void> {
    for (let from = 1; from <= count; from += 5_000)
      await server.db.$executeRaw`
        INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client)
        SELECT gen_random_uuid(), ${id}::uuid, n, n + 100, ${ada.person.id}::uuid, 'message', now()
          FROM generate_series(${from}::int, ${from + 4_999}::int) n`;
    await server.db.conversation.update({ where: { id }, data: { last_seq: count, revision: count + 100 } });
  }

  it("deletes the group with all that is in it, more messages than one statement takes, and tells its members", async () => {
    const id = await groupOfAda("Doomed");
    await insertMessages(id, 20_000);
    await say(ben, id, "the last word");
    const [member, outsider] = [await ben.connect(), await mallory.connect()];
    const elsewhere = await say(ben, (await generalOf(ben)).id, "stays");
    expect(await remove(ada, id, "Doom")).toMatchObject(refused(400, "request_invalid", "name"));
    expect((await remove(ada, id, "Doomed")).status).toBe(204);
    expect(await member.next("conversation.left")).toMatchObject({ conversation_id: id, member_version: null });
    for (const who of [ada, grace])
      expect(await who.get(conversationPath(id))).toMatchObject(refused(404, "conversation_not_found"));
    expect(await server.db.message.count({ where: { conversation_id: id } })).toBe(0);
    expect(await server.db.message.count({ where: { id: elsewhere.body.message.id } })).toBe(1);
    expect(await remove(ada, id, "Doomed")).toMatchObject(refused(404, "conversation_not_found"));
    // Nobody is in it any more, also for what is only passed on.
    member.send({ type: "typing.start", conversation_id: id });
    expect(await member.next("error")).toMatchObject({ code: "conversation_not_found" });
    await outsider.settled();
    expect(outsider.all("conversation.left")).toEqual([]);
    expect(await audited(id, "group.deleted")).toMatchObject([
      { actor_id: ada.person.id, details: { name: "Doomed", members: 2, messages: 20_001 } },
    ]);
  });

  it("knows the name however its accents were composed when it was typed", async () => {
    const id = await groupOfAda("Café Müller");
    expect(await remove(ada, id, "Cafe Muller")).toMatchObject(refused(400, "request_invalid", "name"));
    expect((await remove(ada, id, "Cafe\u0301 Mu\u0308ller")).status).toBe(204);
  });

  it("is for the owner who answers for it and administrators, and not for General and direct conversations", async () => {
    const id = await groupOfAda("Kept");
    await ada.put(conversationPath(id, `/members/${ben.person.id}/role`), { role: "owner" });
    expect(await remove(ben, id, "Kept")).toMatchObject(refused(403, "owner_required"));
    expect(await remove(mallory, id, "Kept")).toMatchObject(refused(404, "conversation_not_found"));
    expect(await remove(grace, (await generalOf(grace)).id, "General")).toMatchObject(
      refused(409, "group_of_everyone"),
    );
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    expect(await remove(ada, direct.body.conversation.id, "x")).toMatchObject(refused(409, "group_required"));
    expect((await see(ben, id)).name).toBe("Kept");
    expect((await remove(grace, id, " Kept ")).status).toBe(204);
  });
});

describe("GET /api/v1/groups", () => {
  const list = async (query: string): Promise<{ groups: Conversation[]; next: string | null }> => {
    const { status, body } = await grace.get(`/api/v1/groups${query}`);
    expect(status).toBe(200);
    return body;
  };

  it("pages through all groups by name, also those of the same name, without their last message", async () => {
    const names = ["Zeta list", "alpha list", "Älpha list", "Beta list", "beta list", "Beta list"];
    const ids = [];
    for (const name of names) ids.push(await newGroup(grace, name, [ada]));
    const foreign = await groupOfAda("gamma list");
    await say(ada, foreign, "not for outside");
    const seen: Conversation[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page = await list(`?query=LIST&limit=2${next && `&after=${encodeURIComponent(next)}`}`);
      expect(page.groups.length).toBeLessThanOrEqual(2);
      seen.push(...page.groups);
      next = page.next;
    }
    expect(seen.map((group) => group.name?.toLowerCase())).toEqual(
      ["alpha", "beta", "beta", "beta", "gamma", "zeta", "älpha"].map((name) => `${name} list`),
    );
    expect(new Set(seen.map((group) => group.id))).toEqual(new Set([...ids, foreign]));
    const outside = seen.find((group) => group.id === foreign);
    expect(outside).toMatchObject({ role: null, last_seq: 1, last_message: null, can: { manage: true, send: false } });
  });

  it("finds part of a name literally, and the archived ones when asked for", async () => {
    const id = await groupOfAda("100% finished_work");
    expect((await list(`?query=${encodeURIComponent("0% FIN")}`)).groups.map((group) => group.id)).toEqual([id]);
    expect((await list(`?query=${encodeURIComponent("100%work")}`)).groups).toEqual([]);
    await archive(ada, id);
    const query = `?query=${encodeURIComponent("finished_")}`;
    expect((await list(query)).groups).toEqual([]);
    expect((await list(`${query}&state=active`)).groups).toEqual([]);
    expect((await list(`${query}&state=archived`)).groups.map((group) => group.id)).toEqual([id]);
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    expect((await list("?limit=50")).groups.map((group) => group.id)).not.toContain(direct.body.conversation.id);
  });

  it("is for administrators, and refuses what is no page of it", async () => {
    for (const who of [ada, await newGuest(server.url, "Gast")])
      expect(await who.get("/api/v1/groups")).toMatchObject(refused(403, "role_insufficient"));
    for (const [query, field] of [
      ["?after=x", "after"],
      ["?after=%00", "after"],
      ["?limit=51", "limit"],
      ["?state=deleted", "state"],
      ["?sort=name", "sort"],
    ] as const)
      expect(await grace.get(`/api/v1/groups${query}`)).toMatchObject(refused(400, "request_invalid", field));
  });
});
