import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

/** With ten times the usual: 600 messages of a person at once. */
const NAMES = ["Ada", "Ben", "Carol", "Dan", "Eve"];
const BY_SOCKET = 900;
const BY_HTTP = 100;
/** How soon after the load everything is as usual; the rest is for a busy machine. */
const NORMAL_WITHIN_MS = 5_000;

let server: TestServer;
let people: TestClient[];
let general: string;

beforeAll(async () => {
  server = await startServer({ RATE_LIMIT_SCALE: "10", LOG_LEVEL: "fatal" });
  people = await Promise.all(NAMES.map((name) => newUser(server.url, name)));
  general = (await generalOf(people[0] as TestClient)).id;
});
afterAll(() => server.stop());

interface Stormed {
  readonly acked: string[];
  readonly answers: Answer[];
  readonly errors: string[];
}

/** Everything at once and nothing awaited; resolves when every single send has been answered. */
async function storm(client: TestClient, socket: TestSocket): Promise<Stormed> {
  const commands = Array.from({ length: BY_SOCKET }, (_, n) => messageCommand(general, `by socket ${n}`));
  for (const command of commands) socket.send(command);
  const answers = await Promise.all(Array.from({ length: BY_HTTP }, (_, n) => say(client, general, `by HTTP ${n}`)));
  const answered = () => socket.all("message.acked").length + socket.all("error").length;
  await expect.poll(answered, { timeout: 20_000 }).toBe(BY_SOCKET);
  return {
    acked: [
      ...socket.all("message.acked").map((ack) => ack.message.id),
      ...answers.filter((answer) => answer.status === 201).map((answer) => answer.body.message.id),
    ],
    answers,
    errors: socket.all("error").map((error) => error.code),
  };
}

it("five thousand sends at once are all answered, the acknowledged ones stored once, and then all is as usual", async () => {
  const sockets = await Promise.all(people.map((person) => person.connect()));
  const storms = await Promise.all(people.map((person, index) => storm(person, sockets[index] as TestSocket)));
  const over = performance.now();

  for (const { answers, errors } of storms) {
    for (const answer of answers) {
      expect([201, 429, 503]).toContain(answer.status);
      if (answer.status !== 201) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(errors.length).toBeGreaterThan(200);
    for (const code of new Set(errors)) expect(["too_many_requests", "server_busy"]).toContain(code);
  }
  const acked = storms.flatMap((each) => each.acked);
  expect(new Set(acked).size).toBe(acked.length);
  expect(acked.length).toBeGreaterThan(2_000);
  const stored = new Set((await expectGapFree(server.db, general)).map((message) => message.id));
  expect(acked.filter((id) => !stored.has(id))).toEqual([]);
  // Nobody is told that something was refused that was stored all the same, unless the database itself fell silent.
  if (storms.every(({ answers }) => answers.every((answer) => answer.body.code !== "database_unavailable")))
    expect(stored.size).toBe(acked.length);

  for (const [index, person] of people.entries()) {
    await expect.poll(async () => (await say(person, general, "as usual")).status).toBe(201);
    const socket = sockets[index] as TestSocket;
    const command = messageCommand(general, "as usual");
    await expect
      .poll(() => {
        socket.send(command);
        return socket.all("message.acked").some((ack) => ack.message.id === command.id);
      })
      .toBe(true);
    expect(socket.closeCode).toBeNull();
  }
  expect(performance.now() - over).toBeLessThan(NORMAL_WITHIN_MS);
}, 60_000);
