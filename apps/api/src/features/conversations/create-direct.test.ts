import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { say } from "../../../test/test-conversation.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let mallory: TestClient;
let people = 0;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

function somebody(): Promise<TestClient> {
  people += 1;
  return newUser(server.url, `Ben ${people}`);
}

const start = (client: TestClient, user_id: string) =>
  client.post("/api/v1/conversations", { kind: "direct", user_id });
const countDirects = () => server.db.conversation.count({ where: { kind: "direct" } });

describe("POST /api/v1/conversations with kind direct", () => {
  it("makes the pair's conversation the first time and gives the same one ever after, from either side", async () => {
    const ben = await somebody();
    const first = await start(ada, ben.person.id);
    expect(first).toMatchObject({
      status: 201,
      body: {
        conversation: {
          kind: "direct",
          name: null,
          description: null,
          owner_id: null,
          other: ben.person,
          role: "member",
          member_count: 2,
          revision: 1,
          member_version: 1,
          last_seq: 0,
          read_seq: 0,
          unread: 0,
          last_message: null,
          can: { send: true },
        },
      },
    });
    const again = await start(ada, ben.person.id);
    const fromThere = await start(ben, ada.person.id);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(fromThere).toMatchObject({
      status: 200,
      body: { conversation: { id: first.body.conversation.id, other: ada.person } },
    });
  });

  it("tells both, each with their own view, and nobody else", async () => {
    const ben = await somebody();
    const sockets = [await ada.connect(), await ada.connect(), await ben.connect()];
    const others = [await mallory.connect(), await administrator.connect()];
    const { body } = await start(ada, ben.person.id);
    const [here, there, bens] = await Promise.all(sockets.map((socket) => socket.next("conversation.joined")));
    expect(here?.conversation).toEqual(body.conversation);
    expect(there).toEqual(here);
    expect(bens?.conversation).toEqual({ ...body.conversation, other: ada.person });
    await start(ben, ada.person.id);
    for (const socket of [...sockets, ...others]) await socket.settled();
    for (const socket of sockets) expect(socket.all("conversation.joined")).toHaveLength(1);
    for (const socket of others) expect(socket.all("conversation.joined")).toEqual([]);
    await say(ben, body.conversation.id, "hello");
    for (const socket of sockets) expect((await socket.next("message.created")).message.content).toBe("hello");
  });

  it("makes one, however many ask for it from both sides at once", async () => {
    const ben = await somebody();
    const socket = await ben.connect();
    const before = await countDirects();
    const asks = Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0 ? start(ada, ben.person.id) : start(ben, ada.person.id),
    );
    const answers = await Promise.all(asks);
    expect(new Set(answers.map((answer) => answer.body.conversation.id)).size).toBe(1);
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
    expect(await countDirects()).toBe(before + 1);
    const id = answers[0]?.body.conversation.id;
    expect(await server.db.conversationMember.count({ where: { conversation_id: id } })).toBe(2);
    await socket.next("conversation.joined");
    await socket.settled();
    expect(socket.all("conversation.joined")).toHaveLength(1);
  });

  it("allows a guest as the other person, who can then talk in it", async () => {
    const guest = await newGuest(server.url, "Carol");
    const { status, body } = await start(ada, guest.person.id);
    expect({ status, other: body.conversation.other }).toEqual({ status: 201, other: guest.person });
    expect((await say(guest, body.conversation.id, "hello")).status).toBe(201);
  });

  it("refuses a guest who asks, and somebody signed out", async () => {
    const guest = await newGuest(server.url, "Dora");
    expect(await start(guest, ada.person.id)).toMatchObject({ status: 403, body: { code: "role_insufficient" } });
    const signedOut = await fetch(`${server.url}/api/v1/conversations`, { method: "POST" });
    expect(signedOut.status).toBe(401);
  });

  it("refuses oneself, somebody unknown, and accounts that no longer work", async () => {
    const before = await countDirects();
    const gone = await somebody();
    await server.db.user.update({ where: { id: gone.person.id }, data: { deactivated_at: new Date() } });
    const expired = await newGuest(server.url, "Eve");
    await server.db.user.update({ where: { id: expired.person.id }, data: { expires_at: new Date(0) } });
    expect(await start(ada, ada.person.id)).toMatchObject({ status: 400, body: { errors: [{ field: "user_id" }] } });
    for (const id of [newId(), gone.person.id, expired.person.id])
      expect(await start(ada, id)).toMatchObject({ status: 404, body: { code: "user_not_found" } });
    expect(await countDirects()).toBe(before);
  });

  it.each([
    [{ kind: "direct" }, "user_id"],
    [{ kind: "direct", user_id: "ada" }, "user_id"],
    [{ kind: "direct", user_id: newId(), name: "x" }, "name"],
    [{ kind: "room", user_id: newId() }, "kind"],
    [{}, "kind"],
  ])("refuses %j, naming the field", async (body, field) => {
    const answer = await ada.post("/api/v1/conversations", body);
    expect(answer).toMatchObject({ status: 400, body: { code: "request_invalid", errors: [{ field }] } });
  });
});
