import { BODY_BYTES_MAX } from "@confab/shared/limits";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { closeFrame, frameOf, inFragments, OPCODE, RawSocket, textFrame } from "../../../test/raw-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { generalOf, messageCommand, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

const { binary, close, continuation, ping, pong, text } = OPCODE;
const KIB = 1024;

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let bens: TestSocket;
let general: string;
let raw: RawSocket;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  general = (await generalOf(ada)).id;
  bens = await ben.connect();
});
afterAll(() => server.stop());

beforeEach(async () => {
  raw = await open();
});

/** Whatever was sent: the process lives, and nobody else has noticed anything. */
afterEach(async () => {
  raw.socket.destroy();
  expect(raw.offence).toBeNull();
  const said = await say(ada, general, "still here");
  expect(said.status).toBe(201);
  await bens.next("message.created", ({ message }) => message.id === said.body.message.id);
  expect(bens.closeCode).toBeNull();
  expect(bens.all("message.created").filter(({ message }) => message.content === "bad")).toEqual([]);
});

const open = (together?: Buffer) => RawSocket.open(server.url, ada.cookie, together);
const pingCommand = (n: number, length = 0) => JSON.stringify({ type: "ping", n }).padEnd(length);

async function expectPong(n: number): Promise<void> {
  await raw.until(() => raw.said.some((event) => event.type === "pong" && event.n === n), `pong ${n}`);
  expect(raw.closeCode).toBeNull();
}

const bytes = (...values: number[]) => Buffer.from(values);
const broken = (payload: Buffer | string) => [frameOf({ opcode: text, payload })];

describe("a frame that breaks the protocol ends its connection with the code that says so", () => {
  const reserved = [1, 2, 3, 4, 7].flatMap((bits): [string, Buffer[], number][] => [
    [`reserved bits ${bits}`, [frameOf({ opcode: text, payload: pingCommand(1), reserved: bits })], 1002],
    [`reserved bits ${bits} on a ping`, [frameOf({ opcode: ping, reserved: bits })], 1002],
  ]);
  const opcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Buffer[], number] => [
    `opcode ${opcode}`,
    [frameOf({ opcode, payload: "x" })],
    1002,
  ]);
  const closeCodes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): [string, Buffer[], number] => [`close code ${code}`, [closeFrame(code)], 1002],
  );
  const cases: [string, Buffer[], number][] = [
    ...reserved,
    ...opcodes,
    ...closeCodes,
    ["not masked: text", [frameOf({ opcode: text, payload: pingCommand(1), isMasked: false })], 1002],
    ["not masked: ping", [frameOf({ opcode: ping, isMasked: false })], 1002],
    ["not masked: close", [frameOf({ opcode: close, isMasked: false })], 1002],
    ["a close of one byte", [frameOf({ opcode: close, payload: "x" })], 1002],
    ["a ping of 126 bytes", [frameOf({ opcode: ping, payload: "x".repeat(126) })], 1002],
    ["a pong of 64 KiB", [frameOf({ opcode: pong, payload: "x".repeat(64 * KIB) })], 1002],
    ["a close of 126 bytes", [closeFrame(1000, "x".repeat(124))], 1002],
    ["a ping in fragments", [frameOf({ opcode: ping, isFinal: false })], 1002],
    ["a pong in fragments", [frameOf({ opcode: pong, isFinal: false })], 1002],
    ["a close in fragments", [frameOf({ opcode: close, isFinal: false })], 1002],
    ["a continuation of nothing", [frameOf({ opcode: continuation, payload: "x" })], 1002],
    ["a text within a text", [frameOf({ opcode: text, isFinal: false, payload: "{" }), textFrame("}")], 1002],
    ["a binary within a text", [frameOf({ opcode: text, isFinal: false }), frameOf({ opcode: binary })], 1002],

    ["not UTF-8: a lone continuation", broken(bytes(0x22, 0x80, 0x22)), 1007],
    ["not UTF-8: half a character", broken(bytes(0x22, 0xc3, 0x22)), 1007],
    ["not UTF-8: an overlong slash", broken(bytes(0x22, 0xc0, 0xaf, 0x22)), 1007],
    ["not UTF-8: a surrogate", broken(bytes(0x22, 0xed, 0xa0, 0x80, 0x22)), 1007],
    ["not UTF-8: beyond U+10FFFF", broken(bytes(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22)), 1007],
    ["not UTF-8: 0xFF", broken(bytes(0xff)), 1007],
    ["not UTF-8: cut off at the end", broken(bytes(0x22, 0xf0, 0x9f, 0x92)), 1007],
    [
      "not UTF-8: in the second fragment",
      [
        frameOf({ opcode: text, isFinal: false, payload: bytes(0xf0, 0x9f) }),
        frameOf({ opcode: continuation, payload: bytes(0x22) }),
      ],
      1007,
    ],
    ["not UTF-8: the reason of a close", [closeFrame(1000, bytes(0xc3, 0x28))], 1007],

    ["too long by one byte", [textFrame(pingCommand(1, BODY_BYTES_MAX + 1))], 1009],
    ["too long by what its header says", [frameOf({ opcode: text, claimedLength: 1n << 31n })], 1009],
    ["longer than any number", [frameOf({ opcode: text, claimedLength: (1n << 64n) - 1n })], 1009],
    ["too long by its fragments", inFragments(pingCommand(1, BODY_BYTES_MAX + 1), 32 * KIB), 1009],
    ["binary, and too long", [frameOf({ opcode: binary, claimedLength: BigInt(BODY_BYTES_MAX + 1) })], 1009],

    ["in 65 fragments", inFragments(pingCommand(1, 65), 1), 1008],
    ["in five thousand fragments", inFragments(pingCommand(1, 5_000), 1), 1008],
    [
      "in fragments without end, and with nothing in them",
      [
        frameOf({ opcode: text, isFinal: false }),
        ...Array.from({ length: 2_000 }, () => frameOf({ opcode: continuation, isFinal: false })),
      ],
      1008,
    ],
  ];

  it.each(cases)("%s", async (_, frames, code) => {
    // What follows the bad frame must not be obeyed, and must not keep the answer from arriving.
    raw.send(...frames, textFrame(JSON.stringify(messageCommand(general, "bad"))), Buffer.alloc(10_000, 0x81));
    expect(await raw.closed()).toBe(code);
  });
});

describe("an unusual frame is taken as any other", () => {
  const ofLength = (length: number) => [textFrame(pingCommand(7, length))];
  const between = frameOf({ opcode: ping, payload: "between" });
  const cases: [string, Buffer[]][] = [
    ["of 125 bytes", ofLength(125)],
    ["of 126 bytes", ofLength(126)],
    ["of 64 KiB less one byte", ofLength(64 * KIB - 1)],
    ["of 64 KiB", ofLength(64 * KIB)],
    ["of 64 KiB and one byte", ofLength(64 * KIB + 1)],
    ["of as many bytes as may be", ofLength(BODY_BYTES_MAX)],
    ["in 64 fragments", inFragments(pingCommand(7, 64), 1)],
    ["in fragments with pings between them", inFragments(pingCommand(7), 3).flatMap((part) => [part, between])],
    ["after an empty pong nobody asked for", [frameOf({ opcode: pong }), textFrame(pingCommand(7))]],
    ["with a mask of nothing but zeros", [Buffer.concat([bytes(0x81, 0x95, 0, 0, 0, 0), Buffer.from(pingCommand(7))])]],
    ["with its length in more bytes than it needs", [longHeader(pingCommand(7))]],
  ];
  it.each(cases)("%s", async (_, frames) => {
    raw.send(...frames);
    await expectPong(7);
  });

  it("cut into two packets at every byte", async () => {
    const whole = Buffer.concat([...inFragments(pingCommand(0, 150), 140), textFrame(pingCommand(1))]);
    for (let at = 1; at < whole.length; at += 1) {
      raw.send(whole.subarray(0, at));
      await new Promise(setImmediate);
      raw.send(whole.subarray(at));
      await raw.until(() => raw.said.filter((event) => event.type === "pong").length === 2 * at, `pongs at ${at}`);
    }
    expect(raw.closeCode).toBeNull();
  });

  it("in crumbs of one byte ends its connection with 1008 after a thousand of them", async () => {
    raw.send(frameOf({ opcode: text, claimedLength: 90_000n }));
    let crumbs = 0;
    for (; crumbs < 20_000 && raw.closeCode === null; crumbs += 1) {
      raw.send(bytes(0x20));
      await new Promise(setImmediate);
    }
    expect(await raw.closed()).toBe(1008);
    expect(crumbs).toBeGreaterThan(1_000);
  });

  it("that is binary is refused by an error frame, however it comes", async () => {
    raw.send(
      frameOf({ opcode: binary, payload: pingCommand(1) }),
      frameOf({ opcode: binary }),
      frameOf({ opcode: binary, payload: "{", isFinal: false }),
      frameOf({ opcode: continuation, payload: "}" }),
      textFrame(pingCommand(2)),
    );
    await expectPong(2);
    const said = raw.said.filter((event) => event.type !== "ready" && event.type !== "presence.changed");
    expect(said.map((event) => event.code ?? event.type)).toEqual([
      "frame_malformed",
      "frame_malformed",
      "frame_malformed",
      "pong",
    ]);
  });
});

describe("closing", () => {
  it.each([1000, 1001, 1003, 1007, 1008, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    "with %i is answered with the same, and what follows is not obeyed",
    async (code) => {
      raw.send(closeFrame(code, "bye"), textFrame(JSON.stringify(messageCommand(general, "bad"))), closeFrame(1000));
      expect(await raw.closed()).toBe(code);
    },
  );

  it("without a code is answered without one", async () => {
    raw.send(frameOf({ opcode: close }), textFrame(pingCommand(1)));
    expect(await raw.closed()).toBe(1005);
    expect(raw.said.filter((event) => event.type === "pong")).toEqual([]);
  });

  it("and then staying ends in a few seconds, without another word although others talk", async () => {
    raw.staysAfterClose = true;
    raw.send(closeFrame(1000));
    await raw.until(() => raw.closeCode !== null, "close frame");
    for (let n = 0; n < 20; n += 1) await say(ada, general, "others talk");
    expect(await raw.closed()).toBe(1000);
  });
});

describe("around the upgrade", () => {
  it("frames in the same packet are answered, after the first frame", async () => {
    const early = await open(Buffer.concat([textFrame(pingCommand(1)), frameOf({ opcode: ping, payload: "early" })]));
    await early.until(() => early.frames.length >= 4, "four frames");
    expect(early.said.slice(0, 3).map((event) => event.type)).toEqual(["ready", "presence.changed", "pong"]);
    expect(early.frames.filter(({ opcode }) => opcode === pong).map(({ payload }) => String(payload))).toEqual([
      "early",
    ]);
    early.socket.destroy();
  });

  it("every command before the first frame is obeyed as any other", async () => {
    const sent = messageCommand(general, "before ready");
    const commands = [
      sent,
      { type: "read_marker.move", conversation_id: general, seq: 1 },
      { type: "typing.start", conversation_id: general },
      { type: "typing.stop", conversation_id: general },
      { type: "ping", n: 9 },
    ];
    const early = await open(Buffer.concat(commands.map((command) => textFrame(JSON.stringify(command)))));
    const heard = (type: string) => early.said.some((event) => event.type === type);
    for (const type of ["message.acked", "read_marker.moved", "pong"]) await early.until(() => heard(type), type);
    expect(early.said[0]?.type).toBe("ready");
    expect(early.said.filter((event) => event.type === "error")).toEqual([]);
    await bens.next("message.created", ({ message }) => message.id === sent.id);
    early.socket.destroy();
  });

  it("half a frame in the same packet waits for its other half; a bad one ends the connection with its code", async () => {
    const frame = textFrame(pingCommand(3));
    const early = await open(frame.subarray(0, 7));
    early.send(frame.subarray(7));
    await early.until(() => early.said.some((event) => event.n === 3), "pong");
    early.socket.destroy();
    const bad = await open(frameOf({ opcode: text, isMasked: false, payload: pingCommand(1) }));
    expect(await bad.closed()).toBe(1002);
  });

  it("frames behind an upgrade that is refused are not looked at", async () => {
    const refused = await RawSocket.open(server.url, null, textFrame(JSON.stringify(messageCommand(general, "bad"))));
    expect(refused.status).toBe(401);
    await refused.closed();
    expect(refused.frames).toEqual([]);
  });

  it("frames without an upgrade are no HTTP", async () => {
    const refused = new RawSocket(server.url, textFrame(JSON.stringify(messageCommand(general, "bad"))));
    await refused.closed();
    expect(refused.status).toBe(400);
  });
});

/** The length in eight bytes, though one would do. */
function longHeader(payload: string): Buffer {
  const header = Buffer.alloc(14);
  header[0] = 0x81;
  header[1] = 0xff;
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, Buffer.from(payload)]);
}
