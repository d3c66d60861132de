import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { newGroup, say } from "../../../test/test-conversation.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;
let group: string;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

/** Ada and Ben with five messages: Ben's 1, 2, Ada's 3, Ben's 4, 5. */
beforeEach(async () => {
  group = await newGroup(administrator, "Reading", [ada, ben]);
  for (const sender of [ben, ben, ada, ben, ben]) await say(sender, group, "message");
});

const move = (client: TestClient, seq: number, id = group) =>
  client.put(`/api/v1/conversations/${id}/read-marker`, { seq });

async function seenBy(client: TestClient) {
  const { body } = await client.get(`/api/v1/conversations/${group}`);
  return { read_seq: body.conversation.read_seq, unread: body.conversation.unread };
}

describe("PUT /api/v1/conversations/:id/read-marker", () => {
  it("moves forward only, never past the newest message, and never counts one's own messages", async () => {
    expect(await seenBy(ada)).toEqual({ read_seq: 0, unread: 4 });
    const steps: [number, number, number][] = [
      [1, 1, 3],
      [0, 1, 3],
      [2, 2, 2],
      [3, 3, 2],
      [4, 4, 1],
      [2, 4, 1],
      [2_147_483_647, 5, 0],
      [1, 5, 0],
    ];
    for (const [seq, read_seq, unread] of steps) {
      const answer = await move(ada, seq);
      expect(answer).toMatchObject({ status: 200, body: { conversation_id: group, read_seq, unread } });
      expect(await seenBy(ada)).toEqual({ read_seq, unread });
    }
    expect(await seenBy(ben)).toEqual({ read_seq: 0, unread: 1 });
  });

  it("counts what comes after it, but not what one says oneself", async () => {
    await move(ada, 5);
    await say(ada, group, "mine");
    expect(await seenBy(ada)).toEqual({ read_seq: 5, unread: 0 });
    await say(ben, group, "his");
    await say(ada, group, "mine");
    expect(await seenBy(ada)).toEqual({ read_seq: 5, unread: 1 });
    expect((await move(ada, 6)).body).toMatchObject({ read_seq: 6, unread: 1 });
    expect((await move(ada, 7)).body).toMatchObject({ read_seq: 7, unread: 0 });
  });

  it("does not count a deleted message", async () => {
    await server.db.message.updateMany({ where: { conversation_id: group, seq: 4 }, data: { deleted_at: new Date() } });
    expect((await move(ada, 3)).body).toMatchObject({ read_seq: 3, unread: 1 });
  });

  it("tells both tabs of the person, and nobody else", async () => {
    const tabs = [await ada.connect(), await ada.connect()];
    const others = [await ben.connect(), await administrator.connect(), await mallory.connect()];
    await move(ada, 4);
    const event = { type: "read_marker.moved", conversation_id: group, read_seq: 4, last_seq: 5, unread: 1 };
    for (const tab of tabs) expect(await tab.next("read_marker.moved")).toEqual(event);
    for (const socket of [...others, ...tabs]) await socket.settled();
    for (const socket of others) expect(socket.all("read_marker.moved")).toEqual([]);
    for (const tab of tabs) expect(tab.all("read_marker.moved")).toHaveLength(1);
  });

  it("is 404 to anyone but a member, and changes nothing for them", async () => {
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const { id } = direct.body.conversation;
    for (const answer of [await move(mallory, 1), await move(ada, 1, newId()), await move(administrator, 1, id)])
      expect(answer).toMatchObject({ status: 404, body: { code: "conversation_not_found" } });
  });

  it.each([{ seq: -1 }, { seq: 1.5 }, { seq: "1" }, { seq: null }, {}, { seq: 2_147_483_648 }, { seq: 1, unread: 0 }])(
    "refuses %j",
    async (body) => {
      const answer = await ada.put(`/api/v1/conversations/${group}/read-marker`, body);
      expect(answer).toMatchObject({ status: 400, body: { code: "request_invalid" } });
      expect(await seenBy(ada)).toEqual({ read_seq: 0, unread: 4 });
    },
  );
});

describe("WS read_marker.move", () => {
  it("moves the marker and tells the person's connections, the asking one included", async () => {
    const [here, there] = [await ada.connect(), await ada.connect()];
    here.send({ type: "read_marker.move", conversation_id: group, seq: 2 });
    const event = { type: "read_marker.moved", conversation_id: group, read_seq: 2, last_seq: 5, unread: 2 };
    for (const tab of [here, there]) expect(await tab.next("read_marker.moved")).toEqual(event);
    expect(await seenBy(ada)).toEqual({ read_seq: 2, unread: 2 });
  });

  it("is answered with an error frame when one is not a member", async () => {
    const socket = await mallory.connect();
    socket.send({ type: "read_marker.move", conversation_id: group, seq: 2 });
    expect(await socket.next("error")).toMatchObject({ id: null, code: "conversation_not_found" });
    expect(socket.all("read_marker.moved")).toEqual([]);
  });
});
