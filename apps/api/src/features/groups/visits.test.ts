import type { Visit } from "@confab/shared/groups";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ReferenceSocket } from "../../../test/reference-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, messagesPath, newGroup, say } from "../../../test/test-conversation.ts";

let server: TestServer;
let grace: TestClient;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;
let group: string;

beforeAll(async () => {
  server = await startServer();
  grace = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());
/** A group of Ada's, Ben in it; the administrator is not. */
beforeEach(async () => {
  group = await newGroup(grace, freshName("Group"), [ada, ben]);
  await grace.post(conversationPath(group, "/leave"), { successor_id: ada.person.id });
  await say(ada, group, "hello");
});

const visitsTo = (conversation_id: string) =>
  server.db.auditEvent.findMany({ where: { conversation_id, action: "conversation.visited" }, orderBy: { at: "asc" } });
async function visitsAs(client: TestClient, id: string): Promise<Visit[]> {
  const { status, body } = await client.get(conversationPath(id, "/visits"));
  expect(status).toBe(200);
  return body.visits;
}

describe("an administrator who reads in a conversation from outside", () => {
  it.each([
    ["history", async () => expect((await grace.get(messagesPath(group))).body.messages).toHaveLength(1)],
    [
      "changes",
      async () =>
        expect((await grace.get(conversationPath(group, "/changes?after_revision=0"))).body.messages).toHaveLength(1),
    ],
    [
      "the reference's messages",
      async () => expect((await grace.get(`/conversation/${group}/messages`)).body.messages).toHaveLength(1),
    ],
    [
      "the reference's socket",
      async () => {
        const headers = { origin: server.url, cookie: grace.cookie ?? "" };
        const socket = await ReferenceSocket.open(server.url, { headers });
        const timestamp = "2026-11-24T12:00:00.000Z";
        socket.send({ message_type: "IdMessage", sender_id: grace.person.id, conv_id: group, timestamp });
        // The frame has no answer to wait for.
        await expect.poll(() => visitsTo(group)).toHaveLength(1);
        socket.close();
      },
    ],
  ])("leaves a trace by %s", async (_, read) => {
    await read();
    expect(await visitsTo(group)).toMatchObject([{ actor_id: grace.person.id, user_id: null, address: "127.0.0.1" }]);
  });

  it("leaves one an hour, however much is asked for at once", async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        grace.get(n % 2 ? messagesPath(group) : conversationPath(group, "/changes?after_revision=0")),
      ),
    );
    expect(await visitsTo(group)).toHaveLength(1);
    await server.db.$executeRaw`
      UPDATE audit_events SET at = at - interval '1 hour' WHERE conversation_id = ${group}::uuid`;
    await grace.get(messagesPath(group));
    await grace.get(messagesPath(group));
    expect(await visitsTo(group)).toHaveLength(2);
  });

  it("leaves none by lists and by what shows nothing that was written, nor does anyone who is in it", async () => {
    for (const path of [conversationPath(group), conversationPath(group, "/members"), `/conversation/${group}`])
      expect((await grace.get(path)).status).toBe(200);
    for (const path of ["/api/v1/conversations?scope=all", "/api/v1/groups"]) {
      const answer = await grace.get(path);
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).not.toContain("hello");
    }
    for (const who of [ada, ben]) {
      expect((await who.get(messagesPath(group))).status).toBe(200);
      expect((await who.get(conversationPath(group, "/changes?after_revision=0"))).status).toBe(200);
    }
    const own = await newGroup(grace, freshName("Own"), [ada]);
    await grace.get(messagesPath(own));
    expect(await visitsTo(own)).toEqual([]);
    expect((await mallory.get(messagesPath(group))).status).toBe(404);
    expect(await visitsTo(group)).toEqual([]);
  });
});

describe("GET /api/v1/conversations/:id/visits", () => {
  it("shows the owners of a group, and both of a pair, who looked in", async () => {
    expect(await visitsAs(ada, group)).toEqual([]);
    const { body } = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const direct = body.conversation.id;
    for (const id of [group, direct]) await grace.get(messagesPath(id));
    const visit = { user: grace.person, at: expect.any(String) };
    expect(await visitsAs(ada, group)).toEqual([visit]);
    for (const who of [ada, ben]) expect(await visitsAs(who, direct)).toEqual([visit]);
  });

  it("shows the newest fifty, newest first", async () => {
    await server.db.auditEvent.createMany({
      data: Array.from({ length: 60 }, (_, n) => ({
        id: newId(),
        at: new Date(Date.UTC(2026, 0, 1, n)),
        action: "conversation.visited",
        actor_id: n === 59 ? newId() : grace.person.id,
        conversation_id: group,
      })),
    });
    const visits = await visitsAs(ada, group);
    expect(visits.map((visit) => visit.at)).toEqual(
      Array.from({ length: 50 }, (_, n) => new Date(Date.UTC(2026, 0, 1, 59 - n)).toISOString()),
    );
    expect(visits.slice(0, 2).map((visit) => visit.user)).toEqual([null, grace.person]);
  });

  it("is a 403 to other members, and a 404 to whoever is not in it, administrators included", async () => {
    const visits = conversationPath(group, "/visits");
    expect(await ben.get(visits)).toMatchObject({ status: 403, body: { code: "owner_required" } });
    for (const who of [mallory, grace])
      expect(await who.get(visits)).toMatchObject({ status: 404, body: { code: "conversation_not_found" } });
    expect((await ada.get(conversationPath(newId(), "/visits"))).status).toBe(404);
    expect((await mallory.get(conversationPath("group", "/visits"))).status).toBe(400);
  });
});
