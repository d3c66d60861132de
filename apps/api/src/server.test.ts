import net from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DatabaseWire } from "../test/database-wire.ts";
import { type NodeProcess, startNodeProcess } from "../test/nodes.ts";
import { newUser, type TestClient } from "../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, messagesPath } from "../test/test-conversation.ts";
import { createTestDatabase, type TestDatabase } from "../test/test-database.ts";
import { type Db, openDb, sql } from "./core/db.ts";

/** Fifteen seconds are the promise. What is known to get stuck has bounds of its own, before the last one of all. */
const STUCK_MS = 12_000;
/** What a person at a terminal waits for, and a busy machine. */
const AT_ONCE_MS = 3_000;

// Each test starts a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

let database: TestDatabase;
let db: Db;
let node: NodeProcess;
let ada: TestClient;
let general: string;

async function start(databaseUrl: string): Promise<void> {
  node = await startNodeProcess({ DATABASE_URL: databaseUrl, LOG_LEVEL: "silent" });
  ada = await newUser(node.url, "Ada");
  general = (await generalOf(ada)).id;
}

beforeEach(async () => {
  database = await createTestDatabase();
  db = openDb(database.url);
});
afterEach(async () => {
  await node.end("SIGKILL");
  await db.$disconnect();
  await database.drop();
});

/** A connection on which bytes can be said one after another, and everything that comes back is kept. */
function connectRaw(): { socket: net.Socket; heard: () => string; closed: Promise<void> } {
  const { hostname, port } = new URL(node.url);
  const socket = net.connect(Number(port), hostname);
  let text = "";
  socket.on("data", (bytes) => {
    text += bytes.toString();
  });
  socket.on("error", () => undefined);
  return { socket, heard: () => text, closed: new Promise((resolve) => socket.once("close", () => resolve())) };
}

/** A request that has only half arrived. */
function ask(body: string, part: number) {
  const { socket, ...rest } = connectRaw();
  const lines = [
    `POST ${messagesPath(general)} HTTP/1.1`,
    "host: confab",
    `cookie: ${ada.cookie}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${body.slice(0, part)}`);
  return { ...rest, finish: () => socket.write(body.slice(part)) };
}

const connectionHeader = async () => (await ada.get("/healthz")).headers.get("connection");

const refusesConnections = () =>
  fetch(`${node.url}/healthz`).then(
    () => false,
    () => true,
  );

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  it("ends a server that no balancer watches at once, with code 0, whoever is connected", async () => {
    await start(database.url);
    const adas = await ada.connect();
    const idle = connectRaw();
    await expect.poll(() => idle.socket.readyState).toBe("open");
    expect((await ada.get("/api/v1/me")).status).toBe(200);
    const { code, milliseconds } = await node.end(signal);
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(AT_ONCE_MS);
    expect(await adas.closed()).toBe(1012);
    expect(adas.all("reconnect")).toHaveLength(1);
    await idle.closed;
  });
});

describe("SIGTERM", () => {
  it("lets requests end that are in flight, on connections that are closed with the answer", async () => {
    await start(database.url);
    const { id, content } = messageCommand(general, "half of it");
    const half = ask(JSON.stringify({ id, content }), 20);
    // The server has read it, for it read what came after it on another connection.
    expect((await ada.get("/api/v1/me")).status).toBe(200);
    node.signal("SIGTERM");
    await expect.poll(refusesConnections, { timeout: AT_ONCE_MS }).toBe(true);
    half.finish();
    await half.closed;
    expect(half.heard()).toMatch(/^HTTP\/1\.1 201 /);
    expect(half.heard()).toMatch(/^connection: close\r$/im);
    expect((await node.ended()).code).toBe(0);
    expect(await expectGapFree(db, general)).toMatchObject([{ id, content }]);
  });

  it("answers what was said on a socket before it closes it", async () => {
    await start(database.url);
    const adas = await ada.connect();
    const sent = [1, 2, 3].map((n) => messageCommand(general, `message ${n}`));
    await db.$transaction(async (tx) => {
      await tx.$queryRaw(sql`SELECT 1 FROM conversations WHERE id = ${general}::uuid FOR UPDATE`);
      for (const command of sent) adas.send(command);
      await adas.settled();
      node.signal("SIGTERM");
      await expect.poll(connectionHeader, { interval: 20 }).toBe("close");
      expect(adas.closeCode).toBeNull();
    });
    expect(await adas.closed()).toBe(1012);
    // On a slow machine the lock may have been held for too long: that is an answer, too.
    const answered = [
      ...adas.all("message.acked").map(({ message }) => message.id),
      ...adas.all("error").map(({ id }) => id),
    ];
    expect(answered).toEqual(sent.map(({ id }) => id));
    expect(adas.events.at(-1)?.type).toBe("reconnect");
    expect((await node.ended()).code).toBe(0);
  });

  it("is seen by a balancer first: not ready, but serving, for three seconds; a second one ends it at once", async () => {
    await start(database.url);
    expect((await ada.get("/readyz")).status).toBe(200);
    const adas = await ada.connect();
    node.signal("SIGTERM");
    await expect.poll(() => ada.get("/readyz")).toMatchObject({ status: 503, body: { status: "stopping" } });
    const served = await ada.get("/api/v1/me");
    expect([served.status, served.headers.get("connection")]).toEqual([200, "close"]);
    await adas.settled();
    expect(adas.closeCode).toBeNull();
    const { code, milliseconds } = await node.end("SIGTERM");
    expect(code).toBe(1);
    expect(milliseconds).toBeLessThan(1_000);
  });

  it("ends within fifteen seconds, with code 0, although clients are stuck and the database is silent", async () => {
    const wire = new DatabaseWire();
    await wire.mend();
    const url = new URL(database.url);
    url.host = `127.0.0.1:${wire.port}`;
    await start(url.href);
    expect((await ada.get("/readyz")).status).toBe(200);
    // One never finishes asking, one never reads its answer, one never answers the end of its socket.
    ask(JSON.stringify(messageCommand(general, "never")), 20);
    const deaf = connectRaw();
    deaf.socket.pause();
    deaf.socket.write(`GET / HTTP/1.1\r\nhost: confab\r\n\r\n`.repeat(2_000));
    const stopped = await ada.connect();
    stopped.socket.pause();
    wire.silence();
    void ada.get("/api/v1/me").catch(() => undefined);
    const { code, milliseconds } = await node.end("SIGTERM");
    process.stdout.write(`the end, with everything stuck: ${milliseconds.toFixed(0)} ms\n`);
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(STUCK_MS);
    deaf.socket.destroy();
    stopped.socket.terminate();
    await wire.cut();
  });
});
