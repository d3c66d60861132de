import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stateAfter } from "../../../test/snapshot-state.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, messageCommand, newGroup, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let readers: TestClient[];

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  readers = await Promise.all(["Ben", "Carol", "Dan", "Eve", "Fay"].map((name) => newUser(server.url, name)));
});
afterAll(() => server.stop());

describe("ready", () => {
  it("holds me, my conversations as the list gives them, and who is there", async () => {
    const guest = await newGuest(server.url, "Gus");
    await newGroup(administrator, "Not for guests", [ada]);
    const adas = await ada.connect();
    const socket = await guest.connect();
    const ready = await socket.next("ready");
    expect(socket.events[0]).toBe(ready);
    expect(ready.me).toEqual((await guest.get("/api/v1/me")).body.me);
    expect(ready.conversations).toEqual((await guest.get("/api/v1/conversations")).body.conversations);
    expect(ready.conversations.map(({ name }) => name)).toEqual(["General"]);
    for (const { person } of [ada, guest]) await socket.untilOnline(person.id);
    expect(Math.abs(Date.parse(ready.server_time) - Date.now())).toBeLessThan(60_000);
    expect((await adas.next("ready")).connection_id).not.toBe(ready.connection_id);
    adas.close();
    socket.close();
  });

  it("comes first and misses nothing while fifty sockets connect into a conversation that is being written to at full rate", async () => {
    const group = await newGroup(administrator, "Hammer", [ada, ...readers]);
    const [writer, other] = [await ada.connect(), await ada.connect()];
    let writing = true;
    let sent = 0;
    const hammer = (async () => {
      while (writing) {
        for (const socket of [writer, other])
          for (let n = 0; n < 5; n += 1) {
            sent += 1;
            socket.send(messageCommand(group, `m ${sent}`));
          }
        await new Promise(setImmediate);
        while (writer.all("message.acked").length + other.all("message.acked").length < sent - 40)
          await new Promise(setImmediate);
      }
    })();
    const sockets: TestSocket[] = [];
    while (sockets.length < 50) {
      // Five at once, and the next five after more was written: so they begin at many different places.
      const acked = writer.all("message.acked").length;
      await writer.until(() => writer.all("message.acked").length > acked, "another ack");
      const five = Array.from({ length: 5 }, (_, n) =>
        (readers[(sockets.length + n) % readers.length] as TestClient).connect(),
      );
      sockets.push(...(await Promise.all(five)));
    }
    writing = false;
    await hammer;
    await writer.until(
      () => writer.all("message.acked").length + other.all("message.acked").length === sent,
      "every ack",
    );
    const last = (await say(ada, group, "the last")).body.message;
    expect(await expectGapFree(server.db, group)).toHaveLength(sent + 1);

    const begun = new Set<number>();
    for (const [index, socket] of sockets.entries()) {
      await socket.next("message.created", (event) => event.message.id === last.id);
      expect(socket.closeCode).toBeNull();
      const state = stateAfter(socket.events);
      const fresh = await (readers[index % readers.length] as TestClient).connect();
      expect(state.conversations).toEqual(stateAfter(fresh.events.slice(0, 1)).conversations);
      begun.add((await socket.next("ready")).conversations.find(({ id }) => id === group)?.last_seq ?? -1);
      fresh.close();
    }
    // They did connect in the middle of it, at many different places.
    expect(begun.size).toBeGreaterThan(5);
    expect(Math.max(...begun)).toBeLessThan(sent);
    for (const socket of sockets) socket.close();
  });

  it("comes before the answer to a command sent in the first moment", async () => {
    const group = await newGroup(administrator, "Early", [ada]);
    const opening = ada.connect();
    const socket = await opening;
    socket.send(messageCommand(group, "at once"));
    await socket.next("message.acked");
    expect(socket.events[0]?.type).toBe("ready");
    socket.close();
  });
});
