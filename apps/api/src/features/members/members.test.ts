import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { insertGroup, insertPeople, newGroup } from "../../../test/test-conversation.ts";
import { sql } from "../../core/db.ts";
import { Audiences } from "./audiences.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

const membersPath = (id: string, query = "") => `/api/v1/conversations/${id}/members${query}`;

describe("GET /api/v1/conversations/:id/members", () => {
  it("lists members by name with their roles, and who of them is connected", async () => {
    const group = await newGroup(administrator, "Team", [ben, ada]);
    const socket = await ben.connect();
    await mallory.connect();
    const { status, body } = await ada.get(membersPath(group));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      members: [
        { user: ada.person, role: "member" },
        { user: ben.person, role: "member" },
        { user: administrator.person, role: "owner" },
      ],
      online: [ben.person.id],
      next: null,
    });
    expect(JSON.stringify(body)).not.toMatch(/email|password|@example/);
    socket.close();
  });

  it("pages to the end without missing or doubling anyone", async () => {
    const names = Array.from({ length: 7 }, (_, n) => `Person ${n}`);
    const group = await insertGroup(server.db, "Crowd", [ada.person.id, ...(await insertPeople(server.db, names))]);
    for (const limit of [1, 2, 3, 7, 8, 200]) {
      const seen: string[] = [];
      let next: string | null = "";
      while (next !== null) {
        const { body } = await ada.get(membersPath(group, `?limit=${limit}&after=${encodeURIComponent(next)}`));
        expect(body.members.length).toBeLessThanOrEqual(limit);
        seen.push(...body.members.map((member: { user: { username: string } }) => member.user.username));
        next = body.next;
      }
      expect(seen).toEqual(["Ada", ...names]);
    }
  });

  it("is 404 to outsiders and for what is not there; an administrator may look", async () => {
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const { id } = direct.body.conversation;
    for (const path of [membersPath(id), membersPath(newId())])
      expect(await mallory.get(path)).toMatchObject({ status: 404, body: { code: "conversation_not_found" } });
    expect((await administrator.get(membersPath(id))).body.members).toHaveLength(2);
    expect((await ada.get(membersPath(id, "?limit=0"))).status).toBe(400);
  });
});

describe("Audiences", () => {
  const grow = (group: string, userId: string) =>
    server.db.$transaction([
      server.db.conversationMember.create({ data: { conversation_id: group, user_id: userId } }),
      server.db.conversation.update({ where: { id: group }, data: { member_version: { increment: 1 } } }),
    ]);
  const shrink = (group: string, userId: string) =>
    server.db.$transaction([
      server.db.$executeRaw(
        sql`DELETE FROM conversation_members WHERE conversation_id = ${group}::uuid AND user_id = ${userId}::uuid`,
      ),
      server.db.conversation.update({ where: { id: group }, data: { member_version: { increment: 1 } } }),
    ]);

  it("answers with the members at a version, asking the database again when the version is newer", async () => {
    const [one, two] = [ada.person.id, ben.person.id];
    const group = await insertGroup(server.db, "Versions", [one]);
    const audiences = new Audiences(server.db);
    expect((await audiences.of(group, 1)).userIds).toEqual(new Set([one]));
    await grow(group, two);
    expect((await audiences.of(group, 1)).userIds).toEqual(new Set([one]));
    expect((await audiences.of(group, 2)).userIds).toEqual(new Set([one, two]));
    await shrink(group, one);
    expect((await audiences.of(group, 3)).userIds).toEqual(new Set([two]));
    // What was committed before the removal and is announced after it does not reach the removed person either.
    expect((await audiences.of(group, 1)).userIds).toEqual(new Set([two]));
  });

  it("knows nobody in a conversation that does not exist", async () => {
    expect((await new Audiences(server.db).of(newId(), 1)).userIds).toEqual(new Set());
  });

  it("without a version answers as of now", async () => {
    const group = await insertGroup(server.db, "Now", [ada.person.id]);
    const audiences = new Audiences(server.db);
    await audiences.of(group);
    await grow(group, ben.person.id);
    expect((await audiences.of(group)).userIds).toEqual(new Set([ada.person.id, ben.person.id]));
  });
});
