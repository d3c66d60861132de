import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

/** Both ends promise to notice a dead connection within this time. */
const NOTICED_MS = 60_000;
const STEP_MS = 5_000;

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let adas: TestSocket;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
});
afterAll(() => server.stop());

// Only what the server repeats for a connection made from now on is moved by hand; the network keeps its own time.
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  adas = await ada.connect();
});
afterEach(() => {
  adas.close();
  vi.useRealTimers();
});

/** A connection whose other end is not there any more: it takes what is sent and answers nothing. */
async function newDeadConnection(client: TestClient): Promise<WebSocket> {
  const headers = { cookie: client.cookie ?? "", origin: server.url };
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, { headers, autoPong: false });
  socket.on("error", () => undefined);
  await once(socket, "message");
  return socket;
}

/** Time passes; whoever lives has answered by the end of it. Gives how often Ada's connection was asked. */
async function pass(ms: number): Promise<number> {
  let pings = 0;
  const count = () => (pings += 1);
  adas.socket.on("ping", count);
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    vi.advanceTimersByTime(STEP_MS);
    await adas.settled();
  }
  adas.socket.off("ping", count);
  return pings;
}

describe("a connection that answers no ping", () => {
  it("is ended within a minute, and its person is told to be gone", async () => {
    const dead = await newDeadConnection(ben);
    await adas.untilOnline(ben.person.id);
    const closed = once(dead, "close");
    await pass(NOTICED_MS);
    expect((await closed)[0]).toBe(1006);
    await adas.untilOnline(ben.person.id, false);
  });

  it("ends alone: one that answers is asked again and again and stays", async () => {
    const dead = await newDeadConnection(ada);
    const closed = once(dead, "close");
    expect(await pass(5 * NOTICED_MS)).toBeGreaterThanOrEqual(5);
    await closed;
    expect(adas.closeCode).toBeNull();
  });

  it("is given time to answer: none is ended at the first question", async () => {
    const slow = await newDeadConnection(ben);
    let isAsked = false;
    slow.once("ping", () => (isAsked = true));
    while (!isAsked) await pass(STEP_MS);
    slow.pong();
    await pass(25_000);
    slow.ping();
    await once(slow, "pong");
    slow.terminate();
  });
});
