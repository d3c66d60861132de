import { once } from "node:events";
import type { Socket } from "node:net";
import type { Message } from "@confab/shared/messages";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closeFrame, frameOf, OPCODE, RawSocket } from "../../../test/raw-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, expectGapFree, generalOf, messageCommand } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

const KIB = 1024;
const LONG = "x".repeat(15_900);
/** Some megabytes have to be sent before the buffers of the system are full. */
const PATIENCE_MS = 40_000;

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let general: string;
let adas: TestSocket;

beforeEach(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  general = (await generalOf(ada)).id;
  adas = await ada.connect();
});
afterEach(() => server.stop());

/** Ben's connection, which stops reading after the first frame, and how many bytes the server holds back for it. */
async function newStoppedReader(): Promise<{ reader: TestSocket; heldBack: () => number }> {
  const upgraded = once(server.app.server, "upgrade");
  const reader = await ben.connect();
  reader.socket.pause();
  const [, end] = (await upgraded) as [unknown, Socket];
  return { reader, heldBack: () => end.writableLength };
}

/** Long messages of Ada's, which everybody who reads has by then. */
async function tell(count: number, readers: TestSocket[] = []): Promise<void> {
  const commands = Array.from({ length: count }, () => messageCommand(general, LONG));
  for (const command of commands) adas.send(command);
  const last = commands.at(-1)?.id;
  for (const each of [adas, ...readers]) await each.next("message.created", (event) => event.message.id === last);
}

async function tellUntil(isEnough: () => boolean, readers: TestSocket[] = []): Promise<void> {
  for (let n = 0; n < 200 && !isEnough(); n += 1) await tell(8, readers);
  expect(isEnough()).toBe(true);
}

const seqs = (messages: Message[]) => messages.map((message) => message.seq);
const created = (socket: TestSocket) => socket.all("message.created").map((event) => event.message);
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, n) => n + from);

describe("a reader that does not read", { timeout: PATIENCE_MS }, () => {
  it("first loses who types and who comes, and nothing else", async () => {
    const { reader, heldBack } = await newStoppedReader();
    adas.send({ type: "typing.start", conversation_id: general });
    await adas.settled();
    await tellUntil(() => heldBack() > 300 * KIB);
    const before = heldBack();
    adas.send({ type: "typing.stop", conversation_id: general });
    const carol = await newUser(server.url, "Carol");
    await carol.connect();
    await adas.untilOnline(carol.person.id);
    await adas.settled();
    // That Carol has joined is said; that she is there, and that Ada no longer types, is not.
    expect(heldBack() - before).toBeLessThan(KIB);
    await tell(1);
    expect(heldBack()).toBeGreaterThan(before + LONG.length);
    reader.socket.resume();
    const { length } = await expectGapFree(server.db, general);
    await reader.until(() => created(reader).length === length, "every message");
    expect(seqs(created(reader))).toEqual(upTo(length));
    await reader.settled();
    expect(reader.all("member.added")).toHaveLength(1);
    expect(reader.all("typing.started")).toHaveLength(1);
    expect(reader.all("typing.stopped")).toEqual([]);
    expect(reader.presenceOf(carol.person.id)).toEqual([]);
    expect(reader.closeCode).toBeNull();
  });

  it("is closed before more than 1 MiB is held back; others lose nothing; and it finds all of it again", async () => {
    const bens = await ben.connect();
    const { reader, heldBack } = await newStoppedReader();
    let most = 0;
    await tellUntil(() => heldBack() > 900 * KIB, [bens]);
    for (let n = 0; n < 20; n += 1) {
      await tell(1, [bens]);
      most = Math.max(most, heldBack());
    }
    // All that may wait, and the close frame behind it.
    expect(most).toBeLessThan(1_024 * KIB + 100);
    reader.socket.resume();
    expect(await reader.closed()).toBe(4408);
    const { length } = await expectGapFree(server.db, general);
    expect(seqs(created(bens))).toEqual(upTo(length));
    expect(seqs(created(adas))).toEqual(upTo(length));
    expect([adas.closeCode, bens.closeCode]).toEqual([null, null]);

    const known = created(reader);
    expect(seqs(known)).toEqual(upTo(known.length));
    expect(known.length).toBeLessThan(length);
    const missed = await ben.get(conversationPath(general, `/changes?after_revision=${known.at(-1)?.revision ?? 0}`));
    expect(missed.body.complete).toBe(true);
    expect(seqs([...known, ...missed.body.messages])).toEqual(upTo(length));
  });

  it.each([
    ["closes", closeFrame(1000), 1000],
    ["breaks the protocol", frameOf({ opcode: OPCODE.ping, isMasked: false }), 1002],
  ])("that %s while much is waiting for it is sent that, the close, and nothing behind it", async (_, frame, code) => {
    const upgraded = once(server.app.server, "upgrade");
    const reader = await RawSocket.open(server.url, ben.cookie);
    const [, end] = (await upgraded) as [unknown, Socket];
    await reader.until(() => reader.said.length > 0, "first frame");
    reader.socket.pause();
    await tellUntil(() => end.writableLength > 100 * KIB);
    const before = end.writableLength;
    reader.send(frame);
    await expect.poll(() => end.writableLength).toBeGreaterThan(before);
    await tell(8);
    reader.socket.resume();
    expect(await reader.closed()).toBe(code);
    const told = reader.said.filter((event) => event.type === "message.created").length;
    expect(told).toBe((await expectGapFree(server.db, general)).length - 8);
  });

  it("is not closed for what comes at once but in parts: a hundred and fifty long messages, to somebody who reads", async () => {
    const bens = await ben.connect();
    const commands = Array.from({ length: 150 }, () => messageCommand(general, LONG));
    for (const command of commands) adas.send(command);
    await bens.until(() => created(bens).length === commands.length || bens.closeCode !== null, "every message");
    expect(seqs(created(bens))).toEqual(upTo(commands.length));
    await adas.until(() => adas.all("message.acked").length === commands.length, "every ack");
  });
});

describe("a reader of whose backlog the network takes nothing", { timeout: PATIENCE_MS }, () => {
  beforeEach(async () => {
    await server.stop();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    server = await startServer();
    ada = await newUser(server.url, "Ada");
    ben = await newUser(server.url, "Ben");
    general = (await generalOf(ada)).id;
    adas = await ada.connect();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is closed after half a minute, and nobody else", async () => {
    const { reader, heldBack } = await newStoppedReader();
    await tellUntil(() => heldBack() > 300 * KIB);
    vi.advanceTimersByTime(30_000);
    const before = heldBack();
    await tell(1);
    expect(heldBack()).toBeGreaterThan(before + LONG.length);
    vi.advanceTimersByTime(10_000);
    await tell(1);
    // It is told nothing any more but that it is closed.
    expect(heldBack()).toBeLessThan(before + 2 * LONG.length);
    reader.socket.resume();
    expect(await reader.closed()).toBe(4408);
    await adas.settled();
    expect(adas.closeCode).toBeNull();
  });
});
