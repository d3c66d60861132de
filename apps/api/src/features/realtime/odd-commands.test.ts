import type { Event } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, newGroup, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let general: string;
/** A group that Ada is not in. */
let foreign: string;
let socket: TestSocket;

beforeAll(async () => {
  server = await startServer();
  const grace = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  general = (await generalOf(ada)).id;
  ben = await newUser(server.url, "Ben");
  foreign = await newGroup(grace, "Elsewhere", [ben]);
});
afterAll(() => server.stop());
beforeEach(async () => {
  socket = await ada.connect();
});

/** The code of the error frame that answers this, or what the answer says. */
async function answerTo(frame: string): Promise<unknown> {
  const isAnswer = ({ type }: Event) => type === "error" || type === "pong" || type === "message.acked";
  socket.sendRaw(frame);
  await socket.until(() => socket.events.some(isAnswer), "answer");
  const answer = socket.events.find(isAnswer);
  await socket.settled();
  // The other one is of the ping by which it is settled.
  expect(socket.events.filter(isAnswer)).toHaveLength(2);
  expect(socket.closeCode).toBeNull();
  if (answer?.type === "error") return answer.code;
  return answer?.type === "pong" ? answer.n : answer?.type;
}

describe("JSON that means something else to whoever reads it carelessly", () => {
  const ping = (rest: string) => `{"type":"ping","n":1${rest}}`;
  it.each([
    ["a prototype", ping(',"__proto__":{"n":2}'), "request_invalid"],
    ["a prototype by an escape", ping(',"__\\u0070roto__":{"n":2}'), "request_invalid"],
    ["a prototype of nothing", ping(',"__proto__":null'), "request_invalid"],
    ["a prototype further in", ping(',"x":{"y":[{"__proto__":{}}]}'), "request_invalid"],
    ["a constructor's prototype", ping(',"constructor":{"prototype":{"n":2}}'), "request_invalid"],
    ["a constructor", ping(',"constructor":1'), "request_invalid"],
    ["a toString", ping(',"toString":1'), "request_invalid"],
    ["a key twice: the last one counts", ping(',"n":2'), 2],
    ["the type twice: the last one counts", '{"type":"message.create","type":"ping","n":3}', 3],
    ["two types of two kinds", ping(',"message_type":"ChatMessage"'), "request_invalid"],
    ["a key of 60,000 characters", ping(`,"${"x".repeat(60_000)}":1`), "request_invalid"],
    [
      "five thousand keys",
      `{${Array.from({ length: 5_000 }, (_, n) => `"x${n}":1`).join()},"type":"ping"}`,
      "request_invalid",
    ],
    ["lists forty thousand deep", ping(`,"x":${"[".repeat(40_000)}${"]".repeat(40_000)}`), "request_invalid"],
    ["objects ten thousand deep", ping(`,"x":${'{"x":'.repeat(10_000)}1${"}".repeat(10_000)}`), "request_invalid"],
    ["a byte order mark", `\ufeff${ping("")}`, 1],
    ["a comment", `${ping("")}// bye`, "json_malformed"],
    ["a comma too many", '{"type":"ping","n":1,}', "json_malformed"],
    ["single quotes", "{'type':'ping','n':1}", "json_malformed"],
    ["less than nothing", '{"type":"ping","n":-1}', "request_invalid"],
    ["minus zero", '{"type":"ping","n":-0}', 0],
    ["one as a fraction of a hundred", '{"type":"ping","n":100e-2}', 1],
    ["more than a number can count", '{"type":"ping","n":9007199254740993}', "request_invalid"],
    ["not a number", '{"type":"ping","n":NaN}', "json_malformed"],
    [
      "U+0000 in a message",
      '{"type":"message.create","id":"ID","conversation_id":"GENERAL","content":"a\\u0000b"}',
      "request_invalid",
    ],
    [
      "half a surrogate pair",
      '{"type":"message.create","id":"ID","conversation_id":"GENERAL","content":"a\\ud800b"}',
      "request_invalid",
    ],
  ])("%s", async (_, frame, expected) => {
    expect(await answerTo(frame.replace("GENERAL", general).replace("ID", newId()))).toBe(expected);
    expect(({} as Record<string, unknown>).n).toBeUndefined();
  });

  it("lists a hundred thousand deep are too long for a frame", async () => {
    socket.sendRaw("[".repeat(100_000));
    expect(await socket.closed()).toBe(1009);
  });
});

describe("commands that come when or where they should not", () => {
  const inGeneral = (command: object) => JSON.stringify({ conversation_id: general, ...command });
  const elsewhere = (command: object, conversation_id = foreign) => JSON.stringify({ ...command, conversation_id });

  it.each([
    ["a message", { type: "message.create", id: newId(), content: "bad" }],
    ["a read marker", { type: "read_marker.move", seq: 1 }],
    ["typing", { type: "typing.start" }],
    ["no more typing", { type: "typing.stop" }],
  ])("%s in a conversation of others and in one that is not there: the same answer", async (_, command) => {
    expect(await answerTo(elsewhere(command))).toBe("conversation_not_found");
    socket = await ada.connect();
    expect(await answerTo(elsewhere(command, newId()))).toBe("conversation_not_found");
    expect(await expectGapFree(server.db, foreign)).toEqual([]);
  });

  it("no more typing by somebody who was not, and a marker beyond the end, do nothing that was not asked", async () => {
    const { length } = await expectGapFree(server.db, general);
    socket.sendRaw(inGeneral({ type: "typing.stop" }));
    socket.sendRaw(inGeneral({ type: "read_marker.move", seq: 2_147_483_647 }));
    await socket.settled();
    expect(socket.all("error")).toEqual([]);
    expect((await say(ada, general, "next")).body.message.seq).toBe(length + 1);
    await socket.settled();
    const marker = await server.db.conversationMember.findFirstOrThrow({
      where: { conversation_id: general, user_id: ada.person.id },
    });
    expect(marker.read_seq).toBeLessThanOrEqual(length + 1);
  });

  it("one message again and again is one message, also with other words", async () => {
    const command = messageCommand(general, "once");
    const before = (await expectGapFree(server.db, general)).length;
    for (let n = 0; n < 20; n += 1) socket.send(command);
    socket.send({ ...command, content: "other words" });
    await socket.until(() => socket.all("message.acked").length === 20, "every ack");
    expect((await socket.next("error")).code).toBe("message_id_reused");
    expect(await expectGapFree(server.db, general)).toHaveLength(before + 1);
  });

  it("three thousand markers at once: a hundred wait, the rest is told to come back, and nobody else waits for them", async () => {
    const { length } = await expectGapFree(server.db, general);
    const bens = await ben.connect();
    for (let n = 0; n < 3_000; n += 1) socket.sendRaw(inGeneral({ type: "read_marker.move", seq: n % length }));
    await socket.next("error");
    bens.sendRaw(inGeneral({ type: "read_marker.move", seq: length }));
    expect((await bens.next("read_marker.moved")).read_seq).toBe(length);
    expect(bens.all("error")).toEqual([]);
    const answered = () => socket.all("read_marker.moved").length + socket.all("error").length;
    await socket.until(() => answered() === 3_000, "every answer");
    expect(socket.all("read_marker.moved").length).toBeGreaterThanOrEqual(100);
    for (const error of socket.all("error")) expect(error).toMatchObject({ code: "server_busy", retry_after: 2 });
    socket.sendRaw(inGeneral({ type: "read_marker.move", seq: length }));
    await socket.next("read_marker.moved", (event) => event.read_seq === length);
    expect(socket.closeCode).toBeNull();
  });
});
