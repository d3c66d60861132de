import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { insertGroup, newGroup } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let people = 0;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
});
afterAll(() => server.stop());

function somebody(name: string): Promise<TestClient> {
  people += 1;
  return newUser(server.url, `${name} ${people}`);
}

const changesOf = (socket: TestSocket, client: TestClient) => socket.presenceOf(client.person.id);

/** Takes somebody out of the group everyone is in, so that they share nothing with anybody. */
async function isolate(client: TestClient): Promise<void> {
  await server.db.conversationMember.deleteMany({ where: { user_id: client.person.id } });
  await server.db.conversation.updateMany({ data: { member_version: { increment: 1 } } });
}

describe("presence", () => {
  it("tells the first connection and, after a grace, the end of the last, to those who share a conversation", async () => {
    const ben = await somebody("Ben");
    const mallory = await somebody("Mallory");
    await isolate(mallory);
    const [watcher, outsider] = [await ada.connect(), await mallory.connect()];
    const first = await ben.connect();
    await watcher.untilOnline(ben.person.id);
    const second = await ben.connect();
    first.close();
    await first.closed();
    await watcher.settled();
    expect(changesOf(watcher, ben)).toEqual([true]);
    const left = Date.now();
    second.close();
    await watcher.untilOnline(ben.person.id, false);
    expect(Date.now() - left).toBeGreaterThan(2_500);
    expect(changesOf(watcher, ben)).toEqual([true, false]);
    await outsider.settled();
    expect(changesOf(outsider, ben)).toEqual([]);
    watcher.close();
    outsider.close();
  });

  it("takes a reload for no absence, also in a snapshot that is read during it", async () => {
    const ben = await somebody("Ben");
    const [before, bens] = [await ada.connect(), await ben.connect()];
    await before.untilOnline(ben.person.id);
    bens.close();
    await bens.closed();
    const between = await ada.connect();
    expect((await between.next("presence.changed")).online).toContain(ben.person.id);
    const back = await ben.connect();
    // Whoever comes after that is told of later, and so would be what came of Ben's absence.
    const carol = await somebody("Carol");
    await carol.connect();
    for (const socket of [before, between]) {
      await socket.untilOnline(carol.person.id);
      expect(changesOf(socket, ben)).toEqual([true]);
    }
    back.close();
  });

  it("tells of those who come or go at about the same time together", async () => {
    const watcher = await ada.connect();
    const people = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(() => somebody("Ben")));
    const sockets = await Promise.all(people.map((person) => person.connect()));
    for (const { person } of people) await watcher.untilOnline(person.id);
    for (const socket of sockets) socket.close();
    for (const { person } of people) await watcher.untilOnline(person.id, false);
    expect(watcher.all("presence.changed").length).toBeLessThan(people.length);
    for (const person of people) expect(changesOf(watcher, person)).toEqual([true, false]);
    watcher.close();
  });

  it("tells of each by all they share, and of those alone", async () => {
    const [ben, carol, mallory] = [await somebody("Ben"), await somebody("Carol"), await somebody("Mallory")];
    for (const client of [ben, carol, mallory]) await isolate(client);
    for (const other of [ben, carol]) await insertGroup(server.db, "Shared", [ada.person.id, other.person.id]);
    const [adas, mallorys] = [await ada.connect(), await mallory.connect()];
    const [bens, carols] = await Promise.all([ben.connect(), carol.connect()]);
    for (const { person } of [ben, carol]) await adas.untilOnline(person.id);
    await bens.untilOnline(ada.person.id);
    await Promise.all([adas, bens, carols, mallorys].map((socket) => socket.settled()));
    expect([changesOf(bens, carol), changesOf(carols, ben)]).toEqual([[], []]);
    expect(mallorys.all("presence.changed").flatMap((event) => event.online)).toEqual([]);
    const again = await ada.connect();
    await again.settled();
    for (const client of [ada, ben, carol]) expect(changesOf(again, client)).toEqual([true]);
    expect(changesOf(again, mallory)).toEqual([]);
    for (const socket of [adas, bens, carols, mallorys, again]) socket.close();
  });
});

describe("WS typing", () => {
  it("is passed on to the other members only, and not to one's own tabs", async () => {
    const [ben, guest, mallory] = [
      await somebody("Ben"),
      await newGuest(server.url, "Carol"),
      await somebody("Mallory"),
    ];
    const group = await newGroup(administrator, "Typing", [ada, ben, guest]);
    const [here, there] = [await ada.connect(), await ada.connect()];
    const [bens, guests, outsider] = [await ben.connect(), await guest.connect(), await mallory.connect()];
    here.send({ type: "typing.start", conversation_id: group });
    for (const socket of [bens, guests])
      expect(await socket.next("typing.started")).toEqual({
        type: "typing.started",
        conversation_id: group,
        user: ada.person,
      });
    here.send({ type: "typing.stop", conversation_id: group });
    for (const socket of [bens, guests])
      expect(await socket.next("typing.stopped")).toEqual({
        type: "typing.stopped",
        conversation_id: group,
        user_id: ada.person.id,
      });
    for (const socket of [here, there, outsider]) {
      await socket.settled();
      expect(socket.all("typing.started")).toEqual([]);
      expect(socket.all("typing.stopped")).toEqual([]);
    }
  });

  it("is refused to somebody who is not a member, an administrator included, and heard by nobody", async () => {
    const mallory = await somebody("Mallory");
    const group = await insertGroup(server.db, "Closed", [ada.person.id]);
    const adas = await ada.connect();
    for (const client of [mallory, administrator])
      for (const type of ["typing.start", "typing.stop"] as const)
        for (const conversation_id of [group, newId()]) {
          const socket = await client.connect();
          socket.send({ type, conversation_id });
          expect(await socket.next("error")).toMatchObject({ id: null, code: "conversation_not_found" });
          socket.close();
        }
    await adas.settled();
    expect(adas.all("typing.started")).toEqual([]);
  });
});

describe("WS ping", () => {
  it("is answered by a pong with the same number, to the asking connection alone", async () => {
    const [here, there] = [await ada.connect(), await ada.connect()];
    here.send({ type: "ping", n: 0 });
    here.send({ type: "ping", n: 4_711 });
    expect(await here.next("pong", (pong) => pong.n === 4_711)).toEqual({ type: "pong", n: 4_711 });
    expect(here.all("pong").map((pong) => pong.n)).toEqual([0, 4_711]);
    expect(there.all("pong")).toEqual([]);
  });
});
