import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseWire } from "../../../test/database-wire.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, freshName, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { TestSocket } from "../../../test/test-socket.ts";

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
    client.get("/readyz"),
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

async function expectReady(): Promise<void> {
  const answer = await new TestClient(server.url).get("/readyz");
  expect([answer.status, answer.body]).toEqual([200, { status: "ready" }]);
  expect((await ada.get("/api/v1/me")).status).toBe(200);
}

describe("GET /healthz and GET /readyz", () => {
  it("answer anybody 200 while all is well", async () => {
    const client = new TestClient(server.url);
    const health = await client.get("/healthz");
    expect([health.status, health.body]).toEqual([200, { status: "ok" }]);
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
      await within(4_000, () => Promise.all(askEverywhere().map(expectAway)));
    } finally {
      await wire.cut();
      await wire.mend();
    }
    await expectReady();
  });
});
