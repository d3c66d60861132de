import { newId } from "@confab/shared/ids";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { generalOf, messageCommand } from "../../../test/test-conversation.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let general: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  general = (await generalOf(ada)).id;
});
afterAll(() => server.stop());

/** Whatever was sent, the process goes on and nothing was stored. */
afterEach(async () => {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(await server.db.message.count({ where: { content: "bad" } })).toBe(0);
});

const id = newId();
const good = (change: object = {}) => JSON.stringify({ ...messageCommand("GENERAL", "bad", id), ...change });

describe("a malformed frame", () => {
  const frames: [string, string | Buffer, string][] = [
    ["binary", Buffer.from("{}"), "frame_malformed"],
    ["empty", "", "json_malformed"],
    ["no JSON", "hello", "json_malformed"],
    ["cut off", '{"type":"ping"', "json_malformed"],
    ["with something behind it", '{"type":"ping","n":1}x', "json_malformed"],
    ["with a prototype", '{"type":"ping","n":1,"__proto__":{"x":1}}', "request_invalid"],
    ["very deep", `${"[".repeat(40_000)}${"]".repeat(40_000)}`, "frame_malformed"],
    ["a number", "1", "frame_malformed"],
    ["null", "null", "frame_malformed"],
    ["text", '"ping"', "frame_malformed"],
    ["a list", '[{"type":"ping","n":1}]', "frame_malformed"],
    ["without a type", "{}", "frame_malformed"],
    ["of a type that is no text", '{"type":1}', "frame_malformed"],
    ["of an unknown type", '{"type":"message.destroy"}', "frame_malformed"],
    ["of a type that every object has", '{"type":"constructor"}', "frame_malformed"],
    ["of a type that only the server says", '{"type":"ready"}', "frame_malformed"],
    ["with an unknown field", good({ sender_id: newId() }), "request_invalid"],
    ["with a content that is a list", good({ content: ["bad"] }), "request_invalid"],
    ["with a content that is missing", good({ content: undefined }), "request_invalid"],
    ["with a conversation that is no id", good({ conversation_id: "general" }), "request_invalid"],
    ["with a wrong time", good({ sent_from_client: "soon" }), "request_invalid"],
    ["with too fine a time", good({ sent_from_client: `2026-01-01T00:00:00.${"1".repeat(300)}Z` }), "request_invalid"],
    ["with a wrong seq", '{"type":"read_marker.move","conversation_id":"GENERAL","seq":"1"}', "request_invalid"],
    ["with a fraction", '{"type":"ping","n":1.5}', "request_invalid"],
    ["with a number beyond all", '{"type":"ping","n":1e999}', "request_invalid"],
  ];
  it.each(frames)("(%s) is answered with an error frame: a code and a sentence", async (_, frame, code) => {
    const socket = await ada.connect();
    socket.sendRaw(typeof frame === "string" ? frame.replace("GENERAL", general) : frame);
    const error = await socket.next("error");
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^[\p{L}/_0-9]+ .+\.$/u);
    if (code === "request_invalid") expect(error.errors?.length).toBeGreaterThan(0);
    await socket.settled();
    expect(socket.all("error")).toHaveLength(1);
    expect(socket.closeCode).toBeNull();
    socket.close();
  });

  it("twenty times over closes the connection with 4400, after nineteen answers, and no other", async () => {
    const [socket, other] = [await ada.connect(), await ada.connect()];
    for (let n = 0; n < 19; n += 1) socket.sendRaw("x");
    await socket.settled();
    expect(socket.all("error")).toHaveLength(19);
    expect(socket.closeCode).toBeNull();
    socket.sendRaw("x");
    expect(await socket.closed()).toBe(4400);
    await other.settled();
    other.close();
  });

  it("of 97 KiB closes the connection with 1009; one of 96 KiB is only refused", async () => {
    const socket = await ada.connect();
    const padding = 96 * 1024 - messageBytes("");
    socket.sendRaw(messageFrame("x".repeat(padding)));
    expect(await socket.next("error")).toMatchObject({ code: "request_invalid" });
    socket.sendRaw(messageFrame("x".repeat(padding + 1024)));
    expect(await socket.closed()).toBe(1009);
  });

  it("that is not UTF-8 closes the connection with 1007", async () => {
    const socket = await ada.connect();
    socket.socket.send(Buffer.from([0x22, 0xc3, 0x28, 0x22]), { binary: false });
    expect(await socket.closed()).toBe(1007);
  });

  it("leaves the commands around it alone", async () => {
    const [socket, bens] = [await ada.connect(), await ben.connect()];
    const [one, two] = [messageCommand(general, "before"), messageCommand(general, "after")];
    socket.send(one);
    socket.sendRaw("x");
    socket.send(two);
    await bens.next("message.created", (event) => event.message.id === two.id);
    expect(bens.all("message.created").map((event) => event.message.content)).toEqual(["before", "after"]);
    expect(socket.all("error")).toHaveLength(1);
    socket.close();
    bens.close();
  });
});

const messageFrame = (content: string) => JSON.stringify(messageCommand(general, content, id));
const messageBytes = (content: string) => Buffer.byteLength(messageFrame(content));
