import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { startSecondNode } from "../../../test/second-node.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { TestSocket } from "../../../test/test-socket.ts";

/** With a fifth of the usual: 4 sockets of a person at once, and 40 from an address. */
const STRICT = { RATE_LIMIT_SCALE: "0.2", TRUST_PROXY: "127.0.0.1" };
const DAY_MS = 86_400_000;

let server: TestServer;
let ada: TestClient;
let opened: TestSocket[];

/** Time stands still but for what a test lets pass. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  server = await startServer(STRICT);
  ada = await newUser(server.url, "Ada");
  opened = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

/** Opens a socket, or gives the answer by which it is refused. */
async function tryToOpen(client: TestClient, address = "192.0.2.1"): Promise<IncomingMessage | null> {
  const headers = { cookie: client.cookie ?? "", origin: server.url, "x-forwarded-for": address };
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, { headers });
  const test = new TestSocket(socket);
  const refusal = await Promise.race([
    once(socket, "unexpected-response").then(([, response]) => response as IncomingMessage),
    test.next("ready").then(() => null),
  ]);
  if (refusal === null) opened.push(test);
  refusal?.destroy();
  return refusal;
}

async function openUntilRefused(client: TestClient, address?: string): Promise<IncomingMessage> {
  for (let n = 0; n < 100; n += 1) {
    const refusal = await tryToOpen(client, address);
    if (refusal !== null) return refusal;
  }
  throw new Error("never refused");
}

const facts = ({ statusCode, headers }: IncomingMessage) => [
  statusCode,
  ...["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map((name) => headers[name]),
];

describe("too many sockets of one person", () => {
  it("are refused with 429 while the others stay open; each that ends makes room for one", async () => {
    expect(facts(await openUntilRefused(ada))).toEqual([429, "15", "4", "0", "60"]);
    expect(opened).toHaveLength(4);
    vi.advanceTimersByTime(DAY_MS);
    expect(facts((await tryToOpen(ada)) as IncomingMessage)).toEqual([429, "60", "4", "0", "60"]);
    opened[0]?.close();
    await opened[0]?.closed();
    await expect.poll(async () => (await tryToOpen(ada)) === null).toBe(true);
    expect((await tryToOpen(ada))?.statusCode).toBe(429);
    for (const socket of opened.slice(1)) await socket.settled();
  });

  it("are counted also when they come all at once, and when their connections break off", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => tryToOpen(ada)));
    expect(answers.filter((answer) => answer === null)).toHaveLength(4);
    for (const socket of opened.splice(0)) socket.socket.terminate();
    vi.advanceTimersByTime(DAY_MS);
    await expect.poll(async () => (await tryToOpen(ada)) === null).toBe(true);
  });

  it("opened and closed again and again are refused after a while, and let in again after the time they are told", async () => {
    for (let n = 0; n < 4; n += 1) {
      expect(await tryToOpen(ada)).toBeNull();
      opened[n]?.close();
      await opened[n]?.closed();
    }
    expect(facts((await tryToOpen(ada)) as IncomingMessage)).toEqual([429, "15", "4", "0", "60"]);
    vi.advanceTimersByTime(15_000);
    expect(await tryToOpen(ada)).toBeNull();
  });

  it("are nobody else's; and asking for the socket's address without wanting a socket counts for nothing", async () => {
    const ben = await newUser(server.url, "Ben");
    await openUntilRefused(ada);
    for (let n = 0; n < 10; n += 1) expect((await ben.get("/ws", { origin: server.url })).status).toBe(404);
    await openUntilRefused(ben);
    expect(opened).toHaveLength(8);
  });
});

describe("too many sockets from one address", () => {
  it("are refused whoever opens them; others go on", async () => {
    const { url } = server;
    const roomy = await startServer({ TRUST_PROXY: "127.0.0.1" });
    const strict = await startSecondNode({ ...roomy, config: { ...roomy.config, rateLimitScale: 0.2 } });
    const people = await Promise.all(Array.from({ length: 11 }, (_, n) => newUser(roomy.url, `Person ${n}`)));
    server = { ...server, url: strict.url };
    try {
      for (const person of people.slice(0, 10))
        for (let n = 0; n < 4; n += 1) expect(await tryToOpen(person)).toBeNull();
      const last = people[10] as TestClient;
      expect(facts((await tryToOpen(last)) as IncomingMessage)).toEqual([429, "5", "40", "0", "200"]);
      expect(await tryToOpen(last, "192.0.2.2")).toBeNull();
      vi.advanceTimersByTime(DAY_MS);
      expect(facts((await tryToOpen(last)) as IncomingMessage)).toEqual([429, "60", "40", "0", "60"]);
      for (const socket of opened) await socket.settled();
    } finally {
      server = { ...server, url };
      await strict.stop();
      await roomy.stop();
    }
  });
});
