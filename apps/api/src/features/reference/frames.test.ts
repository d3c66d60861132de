import { newId } from "@confab/shared/ids";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Frame, ReferenceSocket } from "../../../test/reference-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { messagesPath, newGroup, say } from "../../../test/test-conversation.ts";
import { bearer } from "../../../test/test-program.ts";

const MOMENT = "2026-02-03T04:05:06.789Z";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;
let group: string;
let opened: ReferenceSocket[] = [];

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await newUser(server.url, freshName("Ada"));
  ben = await newUser(server.url, freshName("Ben"));
  group = await newGroup(administrator, freshName("Group"), [ada, ben]);
});
afterEach(() => {
  for (const socket of opened) socket.close();
  opened = [];
});

/** A program's socket. It speaks the native protocol until it sends a frame of the reference. */
async function connect(client: TestClient): Promise<ReferenceSocket> {
  const { body } = await client.get("/token");
  const socket = await ReferenceSocket.open(server.url, { headers: bearer(body.access_token) });
  opened.push(socket);
  return socket;
}

const idMessage = (sender_id: string, conv_id = group) => ({
  message_type: "IdMessage",
  sender_id,
  conv_id,
  timestamp: MOMENT,
});
const chatMessage = (sender: TestClient, content: string, changed: { meta?: object; payload?: object } = {}) => ({
  message_type: "ChatMessage",
  payload: { content, display_name: "whoever", ...changed.payload },
  meta: { conversation_id: group, sender_id: sender.person.id, timestamp: MOMENT, ...changed.meta },
});

/** A socket that has said that it speaks the reference's frames. */
async function connectReference(client: TestClient, conversation = group): Promise<ReferenceSocket> {
  const socket = await connect(client);
  socket.send(idMessage(client.person.id, conversation));
  socket.send("{}");
  // The answer to the frame behind it: the first one has been read by then.
  await socket.next((frame) => frame.code === "frame_malformed");
  socket.frames.splice(1);
  return socket;
}

const contentOf = (frame: Frame) => (frame.payload as Frame | undefined)?.content;

/** Everything sent to these sockets about the group before now has come: what follows it there has. */
async function settled(sockets: ReferenceSocket[], speaker = administrator): Promise<void> {
  const last = `the last word ${newId()}`;
  await say(speaker, group, last);
  for (const socket of sockets) {
    await socket.next((frame) => contentOf(frame) === last || (frame.message as Frame | undefined)?.content === last);
    socket.frames.pop();
  }
}

async function stored(): Promise<Record<string, unknown>[]> {
  const rows = await server.db.message.findMany({ where: { conversation_id: group }, orderBy: { seq: "asc" } });
  return rows.map(({ sender_id, content, sent_from_client }) => ({ sender_id, content, sent_from_client }));
}

describe("IdMessage", () => {
  it("is answered with nothing, by members and administrators, about any conversation they may read", async () => {
    for (const client of [ada, administrator]) {
      const socket = await connectReference(client);
      socket.send(idMessage(client.person.id));
      await settled([socket], ben);
      expect(socket.heard).toEqual([]);
    }
  });

  it("is refused in another's name, and makes the socket a reference-speaking one all the same", async () => {
    const socket = await connect(ada);
    socket.send(idMessage(ben.person.id));
    expect(await socket.next((frame) => frame.type === "error")).toEqual({
      type: "error",
      id: null,
      code: "sender_refused",
      message: "A message can only be sent in one's own name.",
    });
    await say(ben, group, "Hello");
    await socket.next((frame) => contentOf(frame) === "Hello");
  });

  it("is refused for a conversation of others as for one that is not there", async () => {
    const socket = await connect(mallory);
    const answers: Frame[] = [];
    for (const conversation of [group, newId()]) {
      socket.frames.splice(1);
      socket.send(idMessage(mallory.person.id, conversation));
      answers.push(await socket.next((frame) => frame.type === "error"));
    }
    expect(answers[0]).toMatchObject({ code: "conversation_not_found", id: null });
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe("ChatMessage", () => {
  it("posts: stored under its sender, with the client's moment", async () => {
    const socket = await connect(ada);
    socket.send(chatMessage(ada, "Hello\n👋"));
    await settledByStore(1);
    expect(await stored()).toEqual([
      { sender_id: ada.person.id, content: "Hello\n👋", sent_from_client: new Date(MOMENT) },
    ]);
    const { body } = await ben.get(`/conversation/${group}/messages`);
    expect(body.messages[0]).toMatchObject({
      content: "Hello\n👋",
      sender_id: ada.person.id,
      sent_from_client: MOMENT,
    });
  });

  it("takes moments with any offset and precision", async () => {
    const socket = await connect(ada);
    const moments = ["2026-02-03T06:05:06.789+02:00", "2026-02-02T23:35:06.789-04:30", "2026-02-03T04:05:06.789999Z"];
    for (const timestamp of moments) socket.send(chatMessage(ada, timestamp, { meta: { timestamp } }));
    await settledByStore(moments.length);
    for (const row of await stored()) expect(row.sent_from_client).toEqual(new Date(MOMENT));
  });

  it("reaches the other reference-speaking members, under the server's name for its sender", async () => {
    const [adas, bens, malice] = [await connectReference(ada), await connectReference(ben), await connect(mallory)];
    adas.send(chatMessage(ada, "Hello", { payload: { display_name: "The Administrator" } }));
    await settled([adas, bens]);
    expect(bens.heard).toEqual([
      {
        message_type: "ChatMessage",
        payload: { content: "Hello", display_name: ada.person.username },
        meta: { conversation_id: group, sender_id: ada.person.id, timestamp: MOMENT },
      },
    ]);
    expect(adas.heard).toEqual([]);
    expect(JSON.stringify(malice.heard)).not.toContain("Hello");
  });

  it("reaches native sockets as the native event, and what is said there comes back as the reference's frame", async () => {
    const [adas, bens] = [await connectReference(ada), await ben.connect()];
    adas.send(chatMessage(ada, "From the reference"));
    const { message } = await bens.next("message.created", (event) => event.message.content === "From the reference");
    expect(message).toMatchObject({ sender: ada.person, conversation_id: group, seq: 1, sent_from_client: MOMENT });
    await ben.post(messagesPath(group), { id: newId(), content: "From the web", sent_from_client: MOMENT });
    expect(await adas.next((frame) => contentOf(frame) === "From the web")).toEqual({
      message_type: "ChatMessage",
      payload: { content: "From the web", display_name: ben.person.username },
      meta: { conversation_id: group, sender_id: ben.person.id, timestamp: MOMENT },
    });
    bens.close();
  });

  it("is all a reference-speaking socket hears: nothing native any more, nothing of one's own, no other's conversations", async () => {
    const [adas, bens] = [await connectReference(ada), await ben.connect()];
    const secret = await newGroup(administrator, freshName("Secret"), [ben, mallory]);
    await say(ben, secret, "not for Ada");
    bens.send({ type: "typing.start", conversation_id: group });
    adas.send({ type: "ping", n: 1 });
    adas.send({ type: "read_marker.move", conversation_id: group, seq: 0 });
    await say(ada, group, "my own words");
    await newGroup(administrator, freshName("Another"), [ada]);
    bens.close();
    await settled([adas]);
    expect(adas.heard).toEqual([]);
  });

  it("is refused in another's name, and in others' conversations; nothing is stored and nobody hears it", async () => {
    const [bens, malice] = [await connectReference(ben), await connect(mallory)];
    const refusal = async (frame: object) => {
      malice.frames.splice(1);
      malice.send(frame);
      return (await malice.next((heard) => heard.type === "error")).code;
    };
    expect(await refusal(chatMessage(ada, "I am Ada"))).toBe("sender_refused");
    expect(await refusal(chatMessage(mallory, "let me in"))).toBe("conversation_not_found");
    expect(await refusal(chatMessage(mallory, "hello?", { meta: { conversation_id: newId() } }))).toBe(
      "conversation_not_found",
    );
    expect(await stored()).toEqual([]);
    await settled([bens]);
    expect(bens.heard).toEqual([]);
  });

  it("is not for administrators who are not members, nor for members no more", async () => {
    const others = await newGroup(administrator, freshName("Group"), [ben]);
    await server.db.conversationMember.deleteMany({
      where: { conversation_id: others, user_id: administrator.person.id },
    });
    const socket = await connect(administrator);
    socket.send(chatMessage(administrator, "hello", { meta: { conversation_id: others } }));
    expect((await socket.next((frame) => frame.type === "error")).code).toBe("conversation_not_found");
    expect(await server.db.message.count({ where: { conversation_id: others } })).toBe(0);
  });

  async function settledByStore(count: number): Promise<void> {
    await expect.poll(() => server.db.message.count({ where: { conversation_id: group } })).toBe(count);
  }
});

describe("a frame that is none of the two", () => {
  it.each<[string, (ada: TestClient) => object, string]>([
    ["another message_type", () => ({ message_type: "TypingMessage" }), "frame_malformed"],
    ["the type of a native command", () => ({ message_type: "ping", n: 1 }), "request_invalid"],
    ["a name every object has", () => ({ message_type: "constructor" }), "frame_malformed"],
    ["a native type for a reference's", () => ({ type: "IdMessage" }), "request_invalid"],
    ["no type", () => ({ content: "Hello" }), "frame_malformed"],
    ["no sender", () => ({ message_type: "IdMessage", conv_id: group, timestamp: MOMENT }), "request_invalid"],
    ["no payload", (a) => ({ ...chatMessage(a, "x"), payload: undefined }), "request_invalid"],
    ["no meta", (a) => ({ ...chatMessage(a, "x"), meta: undefined }), "request_invalid"],
    ["an id that is none", () => idMessage("me"), "request_invalid"],
    ["blank content", (a) => chatMessage(a, " \n "), "request_invalid"],
    ["endless content", (a) => chatMessage(a, "x".repeat(16_001)), "request_invalid"],
    ["U+0000", (a) => chatMessage(a, "a\u0000b"), "request_invalid"],
    ["half a surrogate pair", (a) => chatMessage(a, "\ud800"), "request_invalid"],
    ["a number for content", (a) => chatMessage(a, "x", { payload: { content: 1 } }), "request_invalid"],
    ["a field too many", (a) => chatMessage(a, "x", { meta: { role: "admin" } }), "request_invalid"],
    ["an id for the message", (a) => ({ ...chatMessage(a, "x"), id: newId() }), "request_invalid"],
    ["no moment", (a) => chatMessage(a, "x", { meta: { timestamp: undefined } }), "request_invalid"],
    [
      "a moment without an offset",
      (a) => chatMessage(a, "x", { meta: { timestamp: "2026-02-03T04:05:06" } }),
      "request_invalid",
    ],
    ["a moment as a number", (a) => chatMessage(a, "x", { meta: { timestamp: 1_770_000_000 } }), "request_invalid"],
    [
      "a day that is none",
      (a) => chatMessage(a, "x", { meta: { timestamp: "2026-02-30T00:00:00Z" } }),
      "request_invalid",
    ],
    [
      "a moment before 1970 once in UTC",
      (a) => chatMessage(a, "x", { meta: { timestamp: "1970-01-01T00:30:00+01:00" } }),
      "request_invalid",
    ],
    [
      "a moment after 9999 once in UTC",
      (a) => chatMessage(a, "x", { meta: { timestamp: "9999-12-31T23:30:00-01:00" } }),
      "request_invalid",
    ],
  ])("is answered with an error frame: %s", async (_what, make, code) => {
    const socket = await connect(ada);
    socket.send(make(ada));
    const error = await socket.next((frame) => frame.type === "error");
    expect(error).toMatchObject({ type: "error", id: null, code, message: expect.stringMatching(/\.$/) });
    expect(await stored()).toEqual([]);
    expect((await ben.get(messagesPath(group))).body.messages).toEqual([]);
  });
});
