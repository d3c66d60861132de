import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ReferenceSocket } from "../../../test/reference-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, freshName, newUser, type TestClient } from "../../../test/test-client.ts";
import { bearer, checkStatus, newTokens, refresh, sessionOf } from "../../../test/test-program.ts";

let server: TestServer;
let ben: TestClient;
/** The first tokens of a fresh family of Ben's. */
let access: string;
let first: string;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  ben = await newUser(server.url, freshName("Ben"));
  const tokens = await newTokens(server.url, ben.person.username);
  access = tokens.access_token;
  first = tokens.refresh_token;
});

const isAlive = async () => (await server.db.session.count({ where: { id: sessionOf(first) } })) === 1;
const auditOf = (client: TestClient) => server.db.auditEvent.findMany({ where: { user_id: client.person.id } });

async function successorOf(token: string): Promise<string> {
  const answer = await refresh(server.url, token);
  expect(answer.status).toBe(200);
  return answer.body.refresh_token;
}

/** That many at a time, so that the test lasts seconds, not minutes. */
async function times(count: number, act: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < count) answers.push(...(await Promise.all(Array.from({ length: 10 }, act))));
  return answers;
}

const openSocket = (token: string) => ReferenceSocket.open(server.url, { headers: bearer(token) });

describe("a client that ignores successors", () => {
  it("refreshes a thousand times with its first token", async () => {
    const answers = await times(1_000, () => refresh(server.url, first));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    expect(await checkStatus(server.url, answers.at(-1)?.body.access_token)).toBe(200);
    expect(await checkStatus(server.url, access)).toBe(200);
    expect(await auditOf(ben)).toEqual([]);
  }, 60_000);

  it("goes on for weeks with it, by the database's clock", async () => {
    for (let week = 0; week < 12; week += 1) {
      await server.db.$executeRaw`
        UPDATE sessions SET created_at = created_at - interval '7 days', last_used_at = last_used_at - interval '7 days',
                            expires_at = expires_at - interval '7 days' WHERE id = ${sessionOf(first)}::uuid`;
      const answer = await refresh(server.url, first);
      expect(answer.status, `week ${week + 1}`).toBe(200);
      expect(await checkStatus(server.url, answer.body.access_token)).toBe(200);
    }
    expect(await auditOf(ben)).toEqual([]);
  });
});

describe("a client that adopts successors", () => {
  it("goes from one to the next, and may repeat the last one as often as an answer is lost", async () => {
    let token = first;
    for (let generation = 0; generation < 20; generation += 1) {
      const next = await successorOf(token);
      expect(await successorOf(token)).toBe(next);
      token = next;
    }
    expect(await auditOf(ben)).toEqual([]);
  });

  it("is signed out by no number of lost answers", async () => {
    await times(1_000, () => refresh(server.url, first));
    const second = await successorOf(first);
    await times(1_000, () => refresh(server.url, second));
    expect(await isAlive()).toBe(true);
    expect((await refresh(server.url, await successorOf(second))).status).toBe(200);
  }, 60_000);

  it("finds out that its old token is in other hands: the family ends, sockets close, it is noted", async () => {
    const socket = await openSocket(access);
    const others = await newTokens(server.url, ben.person.username);
    const second = await successorOf(first);
    const adopted = await refresh(server.url, second);

    const theft = await refresh(server.url, first);
    expect([theft.status, theft.body.code]).toEqual([401, "sign_in_required"]);
    // At once, not at the next look at all sessions.
    const answeredAt = Date.now();
    expect(await socket.closed()).toBe(4401);
    expect(Date.now() - answeredAt).toBeLessThan(250);

    expect(await isAlive()).toBe(false);
    expect(await checkStatus(server.url, adopted.body.access_token)).toBe(401);
    expect(await checkStatus(server.url, access)).toBe(401);
    for (const token of [first, second, adopted.body.refresh_token])
      expect((await refresh(server.url, token)).status).toBe(401);
    expect(await auditOf(ben)).toEqual([
      expect.objectContaining({
        action: "session.token_reused",
        actor_id: null,
        address: "127.0.0.1",
        conversation_id: null,
      }),
    ]);
    // Other programs and the browser of the same person have nothing to do with it.
    expect((await refresh(server.url, others.refresh_token)).status).toBe(200);
    expect((await ben.get("/api/v1/me")).status).toBe(200);
  });

  it("finds out as well when the thief was the one who went on", async () => {
    const stolen = await successorOf(first);
    const thiefs = await refresh(server.url, stolen);
    expect((await refresh(server.url, first)).status).toBe(401);
    expect(await checkStatus(server.url, thiefs.body.access_token)).toBe(401);
    expect((await refresh(server.url, thiefs.body.refresh_token)).status).toBe(401);
  });

  it("finds out about any older token, not the last one only", async () => {
    let token = first;
    for (let generation = 0; generation < 5; generation += 1) token = await successorOf(token);
    await successorOf(token);
    expect((await refresh(server.url, first)).status).toBe(401);
    expect(await isAlive()).toBe(false);
    expect(await auditOf(ben)).toHaveLength(1);
  });
});

describe("refreshing in parallel", () => {
  it("with one token: all get the same successor, in one session", async () => {
    const before = await server.db.session.count({ where: { user_id: ben.person.id } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(server.url, first)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    const successors = new Set(answers.map((answer) => answer.body.refresh_token));
    expect(successors.size).toBe(1);
    expect(await server.db.session.count({ where: { user_id: ben.person.id } })).toBe(before);
    const again = await Promise.all(Array.from({ length: 20 }, () => refresh(server.url, [...successors][0])));
    expect(again.map((answer) => answer.status)).toEqual(again.map(() => 200));
    expect(await isAlive()).toBe(true);
  });

  it("with a token and its successor: no fault, and nobody holds two lines", async () => {
    const before = await server.db.session.count({ where: { user_id: ben.person.id } });
    const second = await successorOf(first);
    const asked = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? first : second));
    const answers = await Promise.all(asked.map((token) => refresh(server.url, token)));
    for (const answer of answers) expect([200, 401]).toContain(answer.status);
    expect(await server.db.session.count({ where: { user_id: ben.person.id } })).toBeLessThanOrEqual(before);
    // Either the old token lost every race and nobody noticed, or the family is dead as a whole, and noted once.
    const alive = await isAlive();
    expect(await auditOf(ben)).toHaveLength(alive ? 0 : 1);
    for (const { body } of answers.filter((answer) => answer.status === 200))
      expect(await checkStatus(server.url, body.access_token)).toBe(alive ? 200 : 401);
  });

  it("with an old token by many thieves at once: it is noted once", async () => {
    await successorOf(await successorOf(first));
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(server.url, first)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 401));
    expect(await auditOf(ben)).toHaveLength(1);
  });
});

describe("the sockets of a program", () => {
  it("stay open over refreshes, and close with 4401 when the session ends by any means", async () => {
    const socket = await openSocket(access);
    await successorOf(first);
    await server.db.session.delete({ where: { id: sessionOf(first) } });
    const endedAt = Date.now();
    expect(await socket.closed()).toBe(4401);
    expect(Date.now() - endedAt).toBeLessThan(2_000);
  });
});
