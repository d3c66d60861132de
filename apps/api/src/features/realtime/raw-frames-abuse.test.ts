import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { eventSchema } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it, type MockInstance, vi } from "vitest";
import { closeFrame, frameOf, inFragments, OPCODE, RawSocket, textFrame } from "../../../test/raw-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

const MIB = 1024 * 1024;
const DESCRIPTORS = "/proc/self/fd";

let server: TestServer;
let ada: TestClient;
let bens: TestSocket;
let general: string;
let faults: MockInstance;

beforeAll(async () => {
  server = await startServer();
  faults = vi.spyOn(server.app.log, "error");
  ada = await newUser(server.url, "Ada");
  general = (await generalOf(ada)).id;
  bens = await (await newUser(server.url, "Ben")).connect();
});
afterAll(() => server.stop());

const open = (together?: Buffer) => RawSocket.open(server.url, ada.cookie, together);
const ping = (payload: string) => frameOf({ opcode: OPCODE.ping, payload });
const pongsOf = ({ frames }: RawSocket) =>
  frames.filter(({ opcode }) => opcode === OPCODE.pong).map(({ payload }) => String(payload));

async function expectOthersUnharmed(): Promise<void> {
  const said = await say(ada, general, "still here");
  expect(said.status).toBe(201);
  await bens.next("message.created", ({ message }) => message.id === said.body.message.id);
  expect(bens.closeCode).toBeNull();
  expect(faults.mock.calls).toEqual([]);
}

describe("ten thousand pings", () => {
  const pings = Array.from({ length: 10_000 }, (_, n) => ping(`${n}`));

  it("close their connection with 4429 at the usual limits, however they come", async () => {
    const strict = await startServer({ RATE_LIMIT_SCALE: "1" });
    const person = await newUser(strict.url, "Ada");
    const raw = await RawSocket.open(strict.url, person.cookie, Buffer.concat(pings));
    expect(await raw.closed()).toBe(4429);
    expect(pongsOf(raw).length).toBeLessThanOrEqual(600);
    await strict.stop();
  });

  it("are each answered, in their order, where the limits are wide", async () => {
    const raw = await open();
    raw.send(...pings);
    await raw.until(() => raw.frames.length >= pings.length && pongsOf(raw).length === pings.length, "every pong");
    expect(pongsOf(raw)).toEqual(pings.map((_, n) => `${n}`));
    expect(raw.closeCode).toBeNull();
    raw.socket.destroy();
    await expectOthersUnharmed();
  });

  it("of somebody who reads none of the answers are not remembered beyond what may wait", async () => {
    const upgraded = once(server.app.server, "upgrade");
    const raw = await open();
    const [, end] = (await upgraded) as [unknown, Socket];
    raw.socket.pause();
    const many = Buffer.concat(Array.from({ length: 500 }, () => ping("x".repeat(125))));
    const sendMore = async () => {
      raw.send(many);
      await new Promise(setImmediate);
    };
    for (let n = 0; n < 1_000 && end.writableLength < 0.8 * MIB; n += 1) await sendMore();
    for (let n = 0; n < 10; n += 1) await sendMore();
    expect(end.writableLength).toBeGreaterThan(0.8 * MIB);
    // All that may wait, and the close frame behind it.
    expect(end.writableLength).toBeLessThan(MIB + 100);
    raw.socket.resume();
    expect(await raw.closed()).toBe(4408);
    await expectOthersUnharmed();
  }, 30_000);
});

type Abuse = (raw: RawSocket) => void;
/** What leaves something behind in a server that is not careful: it waits for the rest of something … */
const UNFINISHED: Abuse[] = [
  (raw) => raw.send(frameOf({ opcode: OPCODE.text, claimedLength: 90_000n, payload: "x".repeat(80_000) })),
  (raw) => raw.send(...inFragments("x".repeat(60_000), 1_000).slice(0, -1)),
  (raw) => raw.send(...Array.from({ length: 200 }, (_, n) => ping(`${n}`))),
];
/** … or has to end the connection. */
const ENDING: Abuse[] = [
  (raw) => raw.send(frameOf({ opcode: OPCODE.text, isMasked: false })),
  (raw) => raw.send(closeFrame(1000), textFrame("{}")),
  (raw) => raw.send(frameOf({ opcode: OPCODE.text, payload: Buffer.from([0xff]) })),
  (raw) => raw.send(...Array.from({ length: 30 }, () => textFrame("x"))),
  (raw) => void raw.socket.end(),
  (raw) => void raw.socket.resetAndDestroy(),
];

async function abuseOnce(): Promise<void> {
  const commit = async (abuse: Abuse) => {
    const raw = await open();
    abuse(raw);
    return raw;
  };
  const ending = await Promise.all(ENDING.map(commit));
  const unfinished = await Promise.all(UNFINISHED.map(commit));
  await Promise.all(ending.map((raw) => raw.until(() => raw.isEnded, "end")));
  for (const raw of unfinished) raw.socket.destroy();
}

function usedHeap(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
}

describe("connections that end badly", () => {
  it.runIf(existsSync(DESCRIPTORS))(
    "leave no descriptor open, and no memory in use",
    async () => {
      const openNow = () => readdirSync(DESCRIPTORS).length;
      const upgraded: Socket[] = [];
      server.app.server.on("upgrade", (_request, socket: Socket) => upgraded.push(socket));
      for (let n = 0; n < 5; n += 1) await abuseOnce();
      const before = openNow();
      const heapBefore = usedHeap();
      for (let n = 0; n < 30; n += 1) await abuseOnce();
      await expect.poll(() => upgraded.every((socket) => socket.destroyed)).toBe(true);
      upgraded.length = 0;
      await expect.poll(openNow, { timeout: 5_000 }).toBeLessThanOrEqual(before + 2);
      await expect.poll(() => usedHeap() - heapBefore, { timeout: 5_000 }).toBeLessThan(5 * MIB);
      await expectOthersUnharmed();
    },
    60_000,
  );

  it("broken off at every byte of the upgrade and its first frames trouble nobody", async () => {
    const frames = Buffer.concat([...inFragments(`{"type":"ping","n":1}`, 9), ping("x"), closeFrame(1000)]);
    for (let at = 0; at < frames.length; at += 1) {
      const raw = await open(frames.subarray(0, at));
      if (at % 2 === 0) raw.socket.resetAndDestroy();
      else raw.socket.end();
      await raw.until(() => raw.isEnded, `end at ${at}`);
    }
    await expectOthersUnharmed();
  }, 30_000);
});

/** A small generator of numbers from 0 to below 1 (mulberry32): the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutate(frame: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * frame.length);
  const byte = Buffer.from([Math.floor(random() * 256)]);
  const [head, tail] = [frame.subarray(0, at), frame.subarray(at)];
  switch (Math.floor(random() * 6)) {
    case 0:
      return Buffer.concat([head, byte, tail.subarray(1)]);
    case 1:
      return Buffer.concat([head, byte, tail]);
    case 2:
      return Buffer.concat([head, tail.subarray(1)]);
    case 3:
      return head;
    case 4:
      return Buffer.concat([head, tail.subarray(0, 8), tail]);
    default:
      return Buffer.concat([head, Buffer.from([(tail[0] ?? 0) ^ (1 << Math.floor(random() * 8))]), tail.subarray(1)]);
  }
}

describe("two thousand frames with something wrong in them", () => {
  const seed = Number(process.env.SEED ?? 20_261_126);

  it(`end in a documented code, or are answered, and trouble nobody (SEED=${seed})`, async () => {
    const random = randomOf(seed);
    const sent = () => textFrame(JSON.stringify(messageCommand(general, "mutant", newId())));
    const valid: (() => Buffer)[] = [
      sent,
      sent,
      () => textFrame(JSON.stringify({ type: "read_marker.move", conversation_id: general, seq: 1 })),
      () => textFrame(JSON.stringify({ type: "typing.start", conversation_id: general })),
      () => textFrame(`{"type":"ping","n":1}`),
      () => Buffer.concat(inFragments(`{"type":"ping","n":1,"x":"é😀"}`, 7)),
      () => ping("hello"),
      () => closeFrame(1000, "bye"),
      () => frameOf({ opcode: OPCODE.binary, payload: "binary" }),
    ];
    async function tryOne(): Promise<void> {
      const frame = mutate((valid[Math.floor(random() * valid.length)] ?? sent)(), random);
      const raw = await open();
      raw.send(frame);
      raw.socket.end();
      await raw.until(() => raw.isEnded, `end after ${frame.toString("hex")}`);
      expect(raw.offence).toBeNull();
      const events = raw.said.map((event) => eventSchema.parse(event));
      const errors = events.filter((event) => event.type === "error").map((event) => event.code);
      expect(errors.filter((code) => /server_error|unavailable|busy/.test(code))).toEqual([]);
      // What is wrong has one of four codes; the others are what the frame itself closed with.
      if (raw.closeCode !== null) expect(String(raw.closeCode)).toMatch(/^(100[0-35789]|101[0-4]|[34]\d{3})$/);
    }
    for (let n = 0; n < 2_000; n += 20) await Promise.all(Array.from({ length: 20 }, tryOne));
    await expectOthersUnharmed();
    const stored = await expectGapFree(server.db, general);
    expect(stored.every((message) => message.sender_id === ada.person.id)).toBe(true);
  }, 180_000);
});
