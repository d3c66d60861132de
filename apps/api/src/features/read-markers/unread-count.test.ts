import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { newGroup, say } from "../../../test/test-conversation.ts";

let server: TestServer;
let administrator: TestClient;
let people: TestClient[];

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  people = await Promise.all(["Ada", "Ben", "Carol"].map((name) => newUser(server.url, name)));
});
afterAll(() => server.stop());

/** A small seeded generator (mulberry32), so that a failing run can be run again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const move = (client: TestClient, group: string, seq: number) =>
  client.put(`/api/v1/conversations/${group}/read-marker`, { seq });

async function seenBy(client: TestClient, group: string) {
  const { body } = await client.get(`/api/v1/conversations/${group}`);
  const { read_seq, unread, last_seq } = body.conversation;
  return { read_seq, unread, last_seq };
}

/** What unread means, counted the plain way. */
function countUnread(senders: string[], reader: string, readSeq: number): number {
  return senders.filter((sender, index) => index + 1 > readSeq && sender !== reader).length;
}

describe("the number of unread messages", () => {
  it.each([1, 2, 3])("equals a plain count after every step of sends and reading (seed %i)", async (seed) => {
    const next = random(seed);
    const group = await newGroup(administrator, `Seed ${seed}`, people);
    const senders: string[] = [];
    const marks = new Map(people.map((person) => [person, 0]));
    for (let step = 0; step < 40; step += 1) {
      const person = people[next(people.length)] as TestClient;
      if (next(2) === 0) {
        await say(person, group, `step ${step}`);
        senders.push(person.person.id);
      } else {
        const seq = next(senders.length + 3);
        const mark = Math.min(senders.length, Math.max(seq, marks.get(person) ?? 0));
        marks.set(person, mark);
        const unread = countUnread(senders, person.person.id, mark);
        expect((await move(person, group, seq)).body).toEqual({
          conversation_id: group,
          read_seq: mark,
          last_seq: senders.length,
          unread,
        });
      }
      for (const [reader, read_seq] of marks) {
        const unread = countUnread(senders, reader.person.id, read_seq);
        expect(await seenBy(reader, group)).toEqual({ read_seq, unread, last_seq: senders.length });
      }
    }
  });

  it.each([11, 12, 13])(
    "equals a plain count after everybody sent and read at the same time (seed %i)",
    async (seed) => {
      const next = random(seed);
      const group = await newGroup(administrator, `Together ${seed}`, people);
      const act = (person: TestClient) =>
        next(3) === 0 ? say(person, group, "together") : move(person, group, next(150));
      for (let round = 0; round < 5; round += 1) {
        const acts = Array.from({ length: 45 }, (_, n) => act(people[n % people.length] as TestClient));
        const answers = await Promise.all(acts);
        expect(answers.every((answer) => answer.status === 200 || answer.status === 201)).toBe(true);
        const messages = await server.db.message.findMany({
          where: { conversation_id: group },
          orderBy: { seq: "asc" },
        });
        const senders = messages.map((message) => message.sender_id);
        for (const person of people) {
          const seen = await seenBy(person, group);
          const unread = countUnread(senders, person.person.id, seen.read_seq);
          expect(seen).toEqual({ ...seen, unread, last_seq: senders.length });
        }
      }
    },
  );
});
