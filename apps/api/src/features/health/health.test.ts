import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseWire } from "../../../test/database-wire.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, freshName, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { TestSocket } from "../../../test/test-socket.ts";
import { sql } from "../../core/db.ts";

const wire = new DatabaseWire();
let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  await wire.mend();
  server = await startServer({ LOG_LEVEL: "silent" }, { databasePort: wire.port });
  ada = await newUser(server.url, freshName("Ada"));
});
afterAll(() => server.stop());

async function expectAway(asked: Promise<Answer>): Promise<void> {
  const answer = await asked;
  expect(answer.status).toBe(503);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(answer.body).toMatchObject({
    status: 503,
    code: "database_unavailable",
    message: expect.stringMatching(/database/),
  });
}

async function within(milliseconds: number, act: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await act();
  expect(performance.now() - startedAt).toBeLessThan(milliseconds);
}

/** One request through each way to the database: a read, a write, a transaction, a page, a form. */
function askEverywhere(): Promise<Answer>[] {
  const client = new TestClient(server.url);
  const account = { username: "Ben", email: "ben@example.org", password: PASSWORD };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  return [
    ada.get("/api/v1/me"),
    ada.get("/conversations"),
    ada.get(`/chat/${newId()}`),
    ada.get("/login"),
    ada.post("/logout", undefined),
    client.get("/api/v1/workspace"),
    client.post("/login", { username: "Ada", password: PASSWORD }),
    client.post("/register", account),
    client.post("/guest", { username: "Carol" }),
    client.post("/api/v1/setup", { ...account, token: "any" }),
    client.post("/guest", "username=Carol", form),
  ];
}

const READY = { status: "ready", database: "ok", migrations: "applied", bus: "listening" };

async function askReady(): Promise<[number, object]> {
  const { status, body } = await new TestClient(server.url).get("/readyz");
  return [status, body];
}

/** Its connections are made anew when they are needed; only the bus has to find back by itself. */
async function expectReady(): Promise<void> {
  expect((await askReady())[0]).toBe(200);
  expect((await ada.get("/api/v1/me")).status).toBe(200);
  await expect.poll(askReady, { timeout: 5_000 }).toEqual([200, READY]);
}

/** It says so within two seconds, and the process lives. */
async function expectNotReady(parts: Partial<typeof READY>): Promise<void> {
  await within(3_000, async () => {
    const [status, body] = await askReady();
    expect([status, body]).toEqual([503, expect.objectContaining({ status: "not_ready", ...parts })]);
  });
  await within(1_000, async () => expect((await new TestClient(server.url).get("/healthz")).status).toBe(200));
}

describe("GET /healthz and GET /readyz", () => {
  it("answer anybody 200 while all is well", async () => {
    const client = new TestClient(server.url);
    const health = await client.get("/healthz");
    expect([health.status, health.body]).toEqual([200, { status: "ok" }]);
    await expectReady();
  });

  it("say which part is missing: a migration of this release", async () => {
    const migration = sql`(SELECT max(migration_name) FROM _prisma_migrations)`;
    const setBack = (at: ReturnType<typeof sql>) =>
      server.db.$executeRaw`UPDATE _prisma_migrations SET rolled_back_at = ${at} WHERE migration_name = ${migration}`;
    await setBack(sql`now()`);
    await expectNotReady({ database: "ok", migrations: "missing" });
    await setBack(sql`NULL`);
    await server.db.$executeRaw`ALTER TABLE _prisma_migrations RENAME TO elsewhere`;
    await expectNotReady({ database: "ok", migrations: "missing" });
    await server.db.$executeRaw`ALTER TABLE elsewhere RENAME TO _prisma_migrations`;
    await expectReady();
  });

  it("say that the bus is lost, without which the node serves all the same", async () => {
    wire.breakAt("LISTEN confab");
    await server.db.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND (query LIKE 'LISTEN%' OR query LIKE 'SELECT pg_notify%')`;
    await expect.poll(askReady).toEqual([200, { ...READY, bus: "lost" }]);
    await wire.mend();
    await expectReady();
  });
});

describe("while the database is away", () => {
  // Two seconds are the promise; the rest is for a busy machine.
  it("/healthz says the process lives, everything else is 503 within two seconds, and it mends by itself", async () => {
    await wire.cut();
    try {
      expect((await new TestClient(server.url).get("/healthz")).status).toBe(200);
      expect((await new TestClient(server.url).get("/login")).status).toBe(200);
      await within(4_000, () => Promise.all(askEverywhere().map(expectAway)));
      await expectNotReady({ database: "away" });
    } finally {
      await wire.mend();
    }
    await expectReady();
  });

  it("an upgrade is refused with 503", async () => {
    await wire.cut();
    try {
      const refusal = TestSocket.refusal(server.url, { cookie: ada.cookie ?? "", origin: server.url });
      expect(await refusal).toBe(503);
    } finally {
      await wire.mend();
    }
    await expectReady();
  });

  it("an open socket stays, and works again afterwards", async () => {
    const socket = await ada.connect();
    await wire.cut();
    await expectAway(ada.get("/api/v1/me"));
    await wire.mend();
    await expectReady();
    await socket.settled();
    expect(socket.closeCode).toBeNull();
    socket.close();
  });
});

describe("while the database says nothing at all", () => {
  it("requests end in 503 within two seconds instead of hanging", async () => {
    wire.silence();
    try {
      await within(4_000, () =>
        Promise.all([expectNotReady({ database: "away" }), ...askEverywhere().map(expectAway)]),
      );
    } finally {
      await wire.cut();
      await wire.mend();
    }
    await expectReady();
  });
});
