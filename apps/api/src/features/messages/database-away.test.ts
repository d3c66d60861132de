import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseWire } from "../../../test/database-wire.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, messagesPath, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

/** Two seconds and five are the promises; the rest is for a busy machine. */
const AWAY_MS = 3_000;
const BACK_MS = 6_000;

const wire = new DatabaseWire();
let server: TestServer;
let ada: TestClient;
let general: string;
let socket: TestSocket;

beforeAll(async () => {
  await wire.mend();
  // What is logged here is the point of the test, not a fault.
  server = await startServer({ LOG_LEVEL: "silent" }, { databasePort: wire.port });
  ada = await newUser(server.url, "Ada");
  general = (await generalOf(ada)).id;
  socket = await ada.connect();
});
afterAll(() => server.stop());

async function sendOnSocket(): Promise<void> {
  const command = messageCommand(general, "said into the silence");
  socket.send(command);
  const answer = await socket.next("error", (error) => error.id === command.id);
  expect(answer).toMatchObject({ code: "database_unavailable", message: expect.stringMatching(/try again/i) });
}

async function expectAway(asked: Promise<Answer>): Promise<void> {
  const answer = await asked;
  expect([answer.status, answer.body.code]).toEqual([503, "database_unavailable"]);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
}

async function within(milliseconds: number, act: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await act();
  expect(performance.now() - startedAt).toBeLessThan(milliseconds);
}

/** Sends, reads and socket commands, the next ones while the first still wait. */
async function askForAWhile(): Promise<void> {
  const acts = [
    () => expectAway(say(ada, general, "hello?")),
    () => expectAway(ada.get(messagesPath(general))),
    sendOnSocket,
  ];
  const asked: Promise<void>[] = [];
  for (let round = 0; round < 8; round += 1) {
    for (const act of acts) asked.push(within(AWAY_MS, act));
    // The first of all is answered after a while, or at once: both are a moment for the next ones.
    await Promise.race([asked[0], new Promise((resolve) => setTimeout(resolve, 300))]);
  }
  await Promise.all(asked);
}

async function expectBack(): Promise<void> {
  const command = messageCommand(general, "said again");
  await within(BACK_MS, async () => {
    await expect.poll(async () => (await say(ada, general, command.content, command.id)).status).toBe(201);
    socket.send(command);
    await socket.next("message.acked", ({ message }) => message.id === command.id);
  });
  expect((await ada.get(messagesPath(general))).status).toBe(200);
}

describe.each([
  { kind: "stopped", goAway: () => wire.cut() },
  { kind: "killed", goAway: () => wire.reset() },
  { kind: "silent", goAway: async () => wire.silence() },
])("a database that is $kind", ({ goAway }) => {
  it("is told by 503 within two seconds; sockets stay; and all goes on when it is back", async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      await goAway();
      await askForAWhile();
      await wire.mend();
      await expectBack();
    }
    expect(socket.closeCode).toBeNull();
    await expectGapFree(server.db, general);
  });

  it("in the middle of a storm costs nothing that was acknowledged, and doubles nothing that is sent again", async () => {
    const before = (await expectGapFree(server.db, general)).length;
    const [acksBefore, errorsBefore] = [socket.all("message.acked").length, socket.all("error").length];
    const commands = Array.from({ length: 300 }, (_, n) => messageCommand(general, `storm ${n}`));
    for (const [index, command] of commands.entries()) {
      socket.send(command);
      if (index % 10 === 0) await new Promise(setImmediate);
      if (index === 150) await goAway();
    }
    const acks = () => socket.all("message.acked").slice(acksBefore);
    const errors = () => socket.all("error").slice(errorsBefore);
    const isAnswered = () => acks().length + errors().length === commands.length;
    await within(AWAY_MS, () => socket.until(isAnswered, "answer to every send"));
    expect(new Set(errors().map((error) => error.code))).toEqual(new Set(["database_unavailable"]));
    const acked = acks().map((event) => event.message);
    await wire.mend();
    await expectBack();
    for (const command of commands) socket.send(command);
    await socket.until(() => acks().length === acked.length + 1 + commands.length, "every ack");
    const stored = await expectGapFree(server.db, general);
    expect(stored).toHaveLength(before + 1 + commands.length);
    for (const message of acked) expect(stored[message.seq - 1]?.id).toBe(message.id);
  });
});

describe("a database that falls silent in the middle of a transaction", () => {
  it("is told as well, and no connection is kept on which nothing is answered", async () => {
    wire.silenceAt("UPDATE users SET username");
    await expectAway(ada.send("PATCH", "/api/v1/me", { username: "Ada Lovelace" }));
    await wire.mend();
    const reads = await Promise.all(Array.from({ length: 20 }, () => ada.get("/api/v1/me")));
    expect(new Set(reads.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(reads[0]?.body.me.username).toBe("Ada");
    await expectBack();
  });
});
