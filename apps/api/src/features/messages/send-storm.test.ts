import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, messageCommand, newGroup, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let people: TestClient[];
let administrator: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  people = await Promise.all(["Ada", "Ben", "Carol", "Dan", "Eve"].map((name) => newUser(server.url, name)));
});
afterAll(() => server.stop());

/** Half over the socket, half over HTTP, without waiting; resolves when everything is acknowledged. */
async function storm(client: TestClient, socket: TestSocket, groups: string[], count: number): Promise<void> {
  const overHttp: Promise<{ status: number }>[] = [];
  const acks = socket.all("message.acked").length;
  for (let n = 0; n < count; n += 1) {
    const group = groups[n % groups.length] ?? "";
    socket.send(messageCommand(group, `socket ${n}`));
    overHttp.push(say(client, group, `http ${n}`));
    if (n % 20 === 19) await new Promise(setImmediate);
  }
  expect((await Promise.all(overHttp)).every((answer) => answer.status === 201)).toBe(true);
  await socket.until(() => socket.all("message.acked").length === acks + count, "every ack");
}

describe("a storm of sends over sockets and HTTP", () => {
  it.each([1, 6])("into %i conversation(s) numbers each 1..N, in one order for everybody", async (width) => {
    const names = Array.from({ length: width }, (_, n) => `Storm ${n}`);
    const groups = await Promise.all(names.map((name) => newGroup(administrator, name, people)));
    const sockets = await Promise.all(people.map((person) => person.connect()));
    const count = 60;
    await Promise.all(people.map((person, index) => storm(person, sockets[index] as TestSocket, groups, count)));
    const total = people.length * count * 2;
    for (const socket of sockets)
      await socket.until(() => socket.all("message.created").length >= total, "every event");

    let stored = 0;
    for (const group of groups) {
      const messages = await expectGapFree(server.db, group);
      stored += messages.length;
      for (const socket of sockets) {
        const seen = socket.all("message.created").filter((event) => event.message.conversation_id === group);
        expect(seen.map((event) => event.message.seq)).toEqual(messages.map((message) => message.seq));
        expect(seen.map((event) => event.message.id)).toEqual(messages.map((message) => message.id));
        expect(seen.map((event) => event.message.revision)).toEqual(messages.map((message) => message.revision));
      }
      for (const person of people) {
        const own = messages
          .filter((message) => message.sender_id === person.person.id)
          .map((message) => message.content);
        const numbers = own
          .filter((content) => content.startsWith("socket"))
          .map((content) => Number(content.slice(7)));
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }
    }
    expect(stored).toBe(total);
    for (const socket of sockets) socket.close();
  });

  it("answers one id sent fifty times at once, by socket and by HTTP, fifty times with one seq", async () => {
    const group = await newGroup(administrator, "Fifty", people);
    const [ada] = people as [TestClient];
    const socket = await ada.connect();
    const command = messageCommand(group, "once", newId());
    const overHttp = Array.from({ length: 25 }, () => {
      socket.send(command);
      return say(ada, group, command.content, command.id);
    });
    const answers = await Promise.all(overHttp);
    await socket.until(() => socket.all("message.acked").length === 25, "every ack");
    const messages = [
      ...answers.map((answer) => answer.body.message),
      ...socket.all("message.acked").map((ack) => ack.message),
    ];
    expect(messages).toHaveLength(50);
    expect(new Set(messages.map((message) => message.seq))).toEqual(new Set([1]));
    expect(answers.every((answer) => answer.status === 201 || answer.status === 200)).toBe(true);
    expect(await expectGapFree(server.db, group)).toHaveLength(1);
    await socket.settled();
    expect(socket.all("message.created")).toHaveLength(1);
  });
});
