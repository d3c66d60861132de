import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import {
  expectGapFree,
  generalOf,
  messageCommand,
  messagesPath,
  newGroup,
  say,
} from "../../../test/test-conversation.ts";

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

describe("WS message.create", () => {
  it("is acknowledged to the connection that sent it, and told to every member's connections, the sender's other one included", async () => {
    const group = await newGroup(administrator, "Tabs", [ada, ben]);
    const [adaHere, adaThere, bens] = await Promise.all([ada.connect(), ada.connect(), ben.connect()]);
    const command = { ...messageCommand(group, "hello *Ben*"), sent_from_client: "2026-03-04T05:06:07.089Z" };
    adaHere.send(command);
    const { message } = await adaHere.next("message.acked");
    expect(message).toMatchObject({
      id: command.id,
      conversation_id: group,
      seq: 1,
      revision: 2,
      sender: ada.person,
      content: "hello *Ben*",
      sent_from_client: "2026-03-04T05:06:07.089Z",
      edited_at: null,
      deleted_at: null,
    });
    expect(Math.abs(Date.parse(message.sent_from_server) - Date.now())).toBeLessThan(60_000);
    for (const socket of [adaHere, adaThere, bens])
      expect((await socket.next("message.created")).message).toEqual(message);
    for (const socket of [adaHere, adaThere, bens]) await socket.settled();
    expect(adaHere.all("message.acked")).toHaveLength(1);
    for (const socket of [adaThere, bens]) expect(socket.all("message.acked")).toEqual([]);
    for (const socket of [adaHere, adaThere, bens]) expect(socket.all("message.created")).toHaveLength(1);
  });

  it("is silence to somebody who is not a member, an administrator included", async () => {
    const group = await newGroup(administrator, "Secret", [ada]);
    await server.db.conversationMember.delete({
      where: { conversation_id_user_id: { conversation_id: group, user_id: administrator.person.id } },
    });
    const outsiders = [await mallory.connect(), await administrator.connect()];
    const adas = await ada.connect();
    expect((await say(ada, group, "for us only")).status).toBe(201);
    await adas.next("message.created");
    for (const socket of outsiders) {
      await socket.settled();
      expect(JSON.stringify(socket.events)).not.toContain("for us only");
      expect(socket.all("message.created")).toEqual([]);
    }
  });

  it("is acknowledged again with the stored message when it comes again, and announced no more", async () => {
    const group = await newGroup(administrator, "Again", [ada, ben]);
    const [adas, bens] = [await ada.connect(), await ben.connect()];
    const command = messageCommand(group, "once");
    adas.send(command);
    const first = await adas.next("message.acked");
    for (let n = 0; n < 49; n += 1) adas.send(command);
    await adas.until(() => adas.all("message.acked").length === 50, "fifty acks");
    expect(adas.all("message.acked").every((ack) => JSON.stringify(ack) === JSON.stringify(first))).toBe(true);
    await bens.settled();
    expect(bens.all("message.created")).toHaveLength(1);
    expect(await expectGapFree(server.db, group)).toHaveLength(1);
  });

  it("answers an id used for something else with an error frame that names it", async () => {
    const group = await newGroup(administrator, "Taken", [ada, ben]);
    const [adas, bens] = [await ada.connect(), await ben.connect()];
    const command = messageCommand(group, "mine");
    adas.send(command);
    await bens.next("message.created");
    bens.send({ ...command, content: "mine" });
    adas.send({ ...command, content: "changed" });
    for (const socket of [adas, bens])
      expect(await socket.next("error")).toMatchObject({ id: command.id, code: "message_id_reused" });
    expect(await expectGapFree(server.db, group)).toMatchObject([{ content: "mine", sender_id: ada.person.id }]);
  });

  it("is refused to somebody who is not a member and for a conversation that is not there, alike", async () => {
    const group = await newGroup(administrator, "Closed", [ada]);
    const socket = await mallory.connect();
    const errors = [];
    for (const command of [messageCommand(group, "let me in"), messageCommand(newId(), "let me in")]) {
      socket.send(command);
      const { id, ...error } = await socket.next("error", (event) => event.id === command.id);
      errors.push(error);
    }
    expect(errors[0]).toMatchObject({ code: "conversation_not_found" });
    expect(errors[1]).toEqual(errors[0]);
    expect(await expectGapFree(server.db, group)).toEqual([]);
  });

  it("names the message in the error when its content is not right", async () => {
    const group = await newGroup(administrator, "Blank", [ada]);
    const socket = await ada.connect();
    const command = messageCommand(group, "   ");
    socket.send(command);
    expect(await socket.next("error")).toMatchObject({
      id: command.id,
      code: "request_invalid",
      errors: [{ field: "content", message: "must not be blank" }],
    });
  });
});

describe("POST /api/v1/conversations/:id/messages", () => {
  it("answers 201 with the message, 200 when it is there already, and tells every member's sockets once", async () => {
    const group = await newGroup(administrator, "Http", [ada, ben]);
    const sockets = [await ada.connect(), await ben.connect()];
    const id = newId();
    const first = await say(ada, group, "over HTTP", id);
    const again = await say(ada, group, "over HTTP", id);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    for (const socket of sockets) {
      expect((await socket.next("message.created")).message).toEqual(first.body.message);
      await socket.settled();
      expect(socket.all("message.created")).toHaveLength(1);
      expect(socket.all("message.acked")).toEqual([]);
    }
  });

  it("answers 409 to an id used for another text or by another sender", async () => {
    const group = await newGroup(administrator, "Conflict", [ada, ben]);
    const id = newId();
    await say(ada, group, "mine", id);
    for (const answer of [await say(ada, group, "changed", id), await say(ben, group, "mine", id)])
      expect(answer).toMatchObject({ status: 409, body: { code: "message_id_reused", status: 409 } });
    expect(await expectGapFree(server.db, group)).toMatchObject([{ content: "mine", sender_id: ada.person.id }]);
  });

  it("answers 404 to outsiders (administrators too) and for what is not there, and 401 without a session", async () => {
    const group = await newGroup(administrator, "Outside", [ada]);
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    for (const answer of [
      await say(mallory, group, "let me in"),
      await say(mallory, newId(), "let me in"),
      await say(administrator, direct.body.conversation.id, "I see you"),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: "conversation_not_found" } });
    const signedOut = await fetch(server.url + messagesPath(group), { method: "POST" });
    expect(signedOut.status).toBe(401);
    expect(await expectGapFree(server.db, group)).toEqual([]);
    expect(await expectGapFree(server.db, direct.body.conversation.id)).toEqual([]);
  });

  it("lets a guest talk in General", async () => {
    const guest = await newGuest(server.url, "Carol");
    const general = await generalOf(guest);
    expect(general.can.send).toBe(true);
    const socket = await ada.connect();
    const answer = await say(guest, general.id, "hello from a guest");
    expect(answer.status).toBe(201);
    expect(answer.body.message.sender).toEqual(guest.person);
    expect((await socket.next("message.created")).message).toEqual(answer.body.message);
  });

  it("takes the server's time when the client names none", async () => {
    const group = await newGroup(administrator, "Timeless", [ada]);
    const { body } = await say(ada, group, "now");
    expect(Math.abs(Date.parse(body.message.sent_from_client) - Date.now())).toBeLessThan(60_000);
  });
});

describe("what a message may hold", () => {
  const long = "\u{1F600}".repeat(16_000);

  it.each([
    ["16,000 four-byte characters", long],
    [
      "the widest texts of many scripts",
      "‮ \u{10FFFF} \uFFFE ﷽ e\u0301 \u{1F468}‍\u{1F469}‍\u{1F467} \u0001 \r\n\t <script> '; DROP TABLE messages; --",
    ],
  ])("carries %s unchanged over the socket and over HTTP", async (_, content) => {
    const group = await newGroup(administrator, "Long", [ada, ben]);
    const [adas, bens] = [await ada.connect(), await ben.connect()];
    adas.send(messageCommand(group, content));
    expect((await adas.next("message.acked")).message.content === content).toBe(true);
    expect((await bens.next("message.created")).message.content === content).toBe(true);
    const answer = await say(ada, group, content);
    expect(answer.status).toBe(201);
    expect(answer.body.message.content === content).toBe(true);
    const page = await ben.get(messagesPath(group));
    expect(page.body.messages.every((message: { content: string }) => message.content === content)).toBe(true);
  });

  const refused: [string, string, RegExp][] = [
    ["nothing", JSON.stringify(""), /must not be empty/],
    ["only blanks", JSON.stringify(" \n\t  "), /must not be blank/],
    ["16,001 characters", JSON.stringify("x".repeat(16_001)), /at most 16000/],
    ["the character U+0000", JSON.stringify("a\u0000b"), /U\+0000/],
    ["half a surrogate pair", '"a\\ud83d b"', /surrogate/],
    ["a number", "123", /must be a string/],
    ["null", "null", /must be a string/],
  ];
  it.each(refused)("refuses %s with the field and a sentence, over both ways", async (_, content, sentence) => {
    const group = await newGroup(administrator, "Refused", [ada]);
    const id = newId();
    const problem = { field: "content", message: expect.stringMatching(sentence) };
    const expected = { code: "request_invalid", errors: expect.arrayContaining([problem]) };
    const answer = await ada.post(messagesPath(group), `{"id":"${id}","content":${content}}`);
    expect(answer).toMatchObject({ status: 400, body: expected });
    const socket = await ada.connect();
    socket.sendRaw(`{"type":"message.create","conversation_id":"${group}","id":"${id}","content":${content}}`);
    expect(await socket.next("error")).toMatchObject({ ...expected, id });
    expect(await expectGapFree(server.db, group)).toEqual([]);
  });

  it("takes a moment of nine digits after the second", async () => {
    const group = await newGroup(administrator, "Fine", [ada]);
    const moment = { sent_from_client: "2026-01-01T00:00:00.123456789Z" };
    const answer = await ada.post(messagesPath(group), { id: newId(), content: "x", ...moment });
    expect([answer.status, answer.body.message.sent_from_client]).toEqual([201, "2026-01-01T00:00:00.123Z"]);
  });

  it.each([
    ["id", { id: "not-a-uuid" }],
    ["id", { id: newId().toUpperCase() }],
    ["sent_from_client", { sent_from_client: "yesterday" }],
    ["sent_from_client", { sent_from_client: "2026-01-01T00:00:00+02:00" }],
    ["sent_from_client", { sent_from_client: "2026-01-01T00:00:00.1234567890Z" }],
    ["sent_from_client", { sent_from_client: `2026-01-01T00:00:00.${"1".repeat(300)}Z` }],
    ["seq", { seq: 7 }],
    ["sender_id", { sender_id: newId() }],
  ])("refuses a wrong or unknown %s", async (field, change) => {
    const group = await newGroup(administrator, "Fields", [ada]);
    const answer = await ada.post(messagesPath(group), { id: newId(), content: "x", ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: "request_invalid", errors: [{ field }] } });
    expect(await expectGapFree(server.db, group)).toEqual([]);
  });
});
