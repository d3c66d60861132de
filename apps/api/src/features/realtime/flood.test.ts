import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let general: string;
let bens: TestSocket;

/** Time stands still but for what a test lets pass. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  server = await startServer({ RATE_LIMIT_SCALE: "1" });
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  general = (await generalOf(ada)).id;
  bens = await ben.connect();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

function sendMany(socket: TestSocket, count: number): void {
  for (let n = 0; n < count; n += 1) socket.send({ type: "ping", n });
}

/** What is sent, and how many of 600 are answered by an event. */
const FLOODS: [string, (socket: TestSocket) => void, number][] = [
  ["of commands", (socket) => socket.send({ type: "ping", n: 1 }), 600],
  ["of typing", (socket) => socket.send({ type: "typing.start", conversation_id: general }), 0],
  ["of messages", (socket) => socket.send(messageCommand(general, "flood")), 600],
  ["of protocol pings", (socket) => socket.socket.ping("x".repeat(125)), 0],
  ["of protocol pongs", (socket) => socket.socket.pong(), 0],
];

function countAnswers(socket: TestSocket): number {
  return socket.all("pong").length + socket.all("message.acked").length + socket.all("error").length;
}

describe("a flood of frames", () => {
  it.each(FLOODS)("%s closes its connection with 4429, and no other", async (_, send, answers) => {
    const socket = await ada.connect();
    for (let n = 0; n < 600; n += 1) send(socket);
    // None of them was too many.
    await socket.until(() => countAnswers(socket) === answers, "every answer");
    const other = await ada.connect();
    await other.settled();
    expect(socket.closeCode).toBeNull();
    send(socket);
    expect(await socket.closed()).toBe(4429);
    await other.settled();
    await bens.settled();
    expect([other.closeCode, bens.closeCode]).toEqual([null, null]);
    const { length } = await expectGapFree(server.db, general);
    expect(length).toBe(socket.all("message.acked").length);
    expect(bens.all("message.created")).toHaveLength(length);
  });

  it("is none when it is spread: ten a second may go on for as long as they like", async () => {
    const socket = await ada.connect();
    sendMany(socket, 600);
    for (let second = 1; second <= 30; second += 1) {
      await socket.until(() => socket.all("pong").length === 590 + second * 10, "every pong");
      vi.advanceTimersByTime(1_000);
      sendMany(socket, 10);
    }
    await socket.until(() => socket.all("pong").length === 900, "every pong");
    sendMany(socket, 1);
    expect(await socket.closed()).toBe(4429);
  });

  it("is not obeyed any more once it has been noticed", async () => {
    const socket = await ada.connect();
    sendMany(socket, 601);
    const late = messageCommand(general, "too late");
    socket.send(late);
    expect(await socket.closed()).toBe(4429);
    await bens.settled();
    expect(bens.all("message.created")).toEqual([]);
    expect(await expectGapFree(server.db, general)).toEqual([]);
  });
});
