import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

/** The server promises to notice a dead connection within this time. */
const NOTICED_MS = 50_000;
const STEP_MS = 2_000;

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let adas: TestSocket;

beforeAll(async () => {
  // Only what the server repeats is moved by hand; the network keeps its own time.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
});
afterAll(async () => {
  await server.stop();
  vi.useRealTimers();
});

beforeEach(async () => {
  adas = await ada.connect();
});
afterEach(() => adas.close());

/** A connection that never says anything by itself. */
async function newSilentConnection(client: TestClient, options: ClientOptions = {}): Promise<WebSocket> {
  const headers = { cookie: client.cookie ?? "", origin: server.url };
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, { headers, ...options });
  socket.on("error", () => undefined);
  await once(socket, "message");
  return socket;
}

/** One whose other end is not there any more: it takes what is sent and answers nothing. */
function newDeadConnection(client: TestClient): Promise<WebSocket> {
  return newSilentConnection(client, { autoPong: false });
}

/** Time passes; whoever lives has answered by the end of it, and Ada says something all the time. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    vi.advanceTimersByTime(STEP_MS);
    await adas.settled();
  }
}

function countPings(socket: WebSocket): () => number {
  let pings = 0;
  socket.on("ping", () => (pings += 1));
  return () => pings;
}

describe("a connection that answers no ping", () => {
  it("is ended within fifty seconds, and its person is told to be gone", async () => {
    const dead = await newDeadConnection(ben);
    await adas.untilOnline(ben.person.id);
    // Heard of just now, so that it is silent for as long as can be.
    dead.ping();
    await once(dead, "pong");
    const closed = once(dead, "close");
    await pass(NOTICED_MS);
    expect(dead.readyState).toBe(WebSocket.CLOSED);
    expect((await closed)[0]).toBe(1006);
    await adas.untilOnline(ben.person.id, false);
  });

  it("ends alone: one that answers is asked again and again and stays", async () => {
    const [dead, silent] = [await newDeadConnection(ada), await newSilentConnection(ada)];
    const closed = once(dead, "close");
    const pings = countPings(silent);
    await pass(5 * NOTICED_MS);
    await closed;
    expect(pings()).toBeGreaterThanOrEqual(5);
    expect(silent.readyState).toBe(WebSocket.OPEN);
    silent.terminate();
  });

  it("is given time to answer: none is ended at the first question", async () => {
    const slow = await newDeadConnection(ben);
    const pings = countPings(slow);
    while (pings() === 0) await pass(STEP_MS);
    await pass(6_000);
    slow.pong();
    await pass(30_000);
    expect(slow.readyState).toBe(WebSocket.OPEN);
    expect(pings()).toBe(1);
    slow.terminate();
  });
});

it("a connection that says something by itself is not asked", async () => {
  await adas.settled();
  const pings = countPings(adas.socket);
  await pass(2 * NOTICED_MS);
  expect(pings()).toBe(0);
});
