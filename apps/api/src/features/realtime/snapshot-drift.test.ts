import { isDeepStrictEqual } from "node:util";
import type { EventType } from "@confab/shared/events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stateAfter } from "../../../test/snapshot-state.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, generalOf, messageCommand, newGroup, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;
let watchers: [TestClient, TestSocket][];

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newGuest(server.url, "Carol");
});
afterAll(() => server.stop());

/** Opens a socket of each kind of person, does something, and compares what they know with what a newcomer is told. */
async function expectNoDrift(act: () => Promise<unknown>, types: EventType[]) {
  watchers = [];
  for (const client of [administrator, ada, ben, carol]) watchers.push([client, await client.connect()]);
  // Everybody has heard of everybody before it begins.
  for (const [client, socket] of watchers)
    for (const [other] of watchers)
      if (other !== client) await socket.until(() => stateAfter(socket.events).online.has(other.person.id), "presence");
  const before = watchers.map(([, socket]) => socket.events.length);
  await act();
  const seen = new Set<EventType>();
  for (const [index, [client, socket]] of watchers.entries()) {
    const fresh = await client.connect();
    const beginning = await fresh.next("presence.changed");
    const truth = stateAfter(fresh.events.slice(0, fresh.events.indexOf(beginning) + 1));
    const isLevel = () => isDeepStrictEqual(stateAfter(socket.events), truth);
    // An act is answered when it is stored; its event may follow a moment later.
    await socket.until(isLevel, "agreement").catch(() => expect(stateAfter(socket.events)).toEqual(truth));
    await socket.settled();
    expect(stateAfter(socket.events)).toEqual(truth);
    for (const event of socket.events.slice(before[index])) seen.add(event.type);
    fresh.close();
  }
  for (const type of types) expect(seen).toContain(type);
  for (const [, socket] of watchers) socket.close();
}

describe("a snapshot and the events after it equal a fresh snapshot", () => {
  it("after messages in General, over the socket and over HTTP", async () => {
    const general = (await generalOf(ada)).id;
    await expectNoDrift(async () => {
      const socket = watchers[1]?.[1] as TestSocket;
      socket.send(messageCommand(general, "over the socket"));
      await socket.next("message.acked");
      for (const client of [ben, carol, administrator]) await say(client, general, "over HTTP");
    }, ["message.created", "message.acked"]);
  });

  it("after messages where not everybody is", async () => {
    const group = await newGroup(administrator, "Some", [ada]);
    await expectNoDrift(() => say(ada, group, "not for all"), ["message.created"]);
  });

  it("after somebody registered, somebody came as a guest", async () => {
    await expectNoDrift(() => newUser(server.url, "Dan"), ["member.added"]);
    await expectNoDrift(() => newGuest(server.url, "Eve"), ["member.added"]);
  });

  it("after a direct conversation was made, and spoken in", async () => {
    await expectNoDrift(async () => {
      const { body } = await ada.post("/api/v1/conversations", { kind: "direct", user_id: carol.person.id });
      await say(carol, body.conversation.id, "hello");
    }, ["conversation.joined", "message.created"]);
  });

  it("after a group was made, and spoken in", async () => {
    await expectNoDrift(async () => {
      const group = await newGroup(administrator, "New", [ben, carol]);
      await say(ben, group, "hello");
    }, ["conversation.joined", "message.created"]);
  });

  it("after read markers moved, with one's own messages in between", async () => {
    const group = await newGroup(administrator, "Read", [ada, ben, carol]);
    await expectNoDrift(async () => {
      for (const sender of [ada, ben, ada, carol]) await say(sender, group, "message");
      await ada.put(`/api/v1/conversations/${group}/read-marker`, { seq: 2 });
      await ben.put(`/api/v1/conversations/${group}/read-marker`, { seq: 4 });
      await say(ben, group, "more");
      await carol.put(`/api/v1/conversations/${group}/read-marker`, { seq: 0 });
    }, ["message.created", "read_marker.moved"]);
  });

  it("after somebody came, and went", async () => {
    const dora = await newUser(server.url, "Dora");
    let socket: TestSocket | undefined;
    const told = async (online: boolean) => {
      for (const [, watcher] of watchers) await watcher.untilOnline(dora.person.id, online);
    };
    await expectNoDrift(async () => {
      socket = await dora.connect();
      await told(true);
    }, ["presence.changed"]);
    await expectNoDrift(async () => {
      socket?.close();
      await told(false);
    }, ["presence.changed"]);
  });

  it("after typing, which changes nothing that lasts", async () => {
    const general = (await generalOf(ada)).id;
    await expectNoDrift(async () => {
      watchers[1]?.[1].send({ type: "typing.start", conversation_id: general });
      for (const index of [0, 2, 3]) await watchers[index]?.[1].next("typing.started");
    }, ["typing.started"]);
  });

  it("after a group was renamed, archived, restored and handed over", async () => {
    const group = await newGroup(administrator, "Changing", [ada, ben, carol]);
    const path = conversationPath(group);
    await expectNoDrift(async () => {
      await administrator.send("PATCH", path, { name: "Changed", description: "Now with a description." });
      await administrator.post(`${path}/archive`, {});
      await administrator.post(`${path}/restore`, {});
      await administrator.put(`${path}/owner`, { user_id: ada.person.id });
      await ada.send("PATCH", path, { name: "By another hand" });
    }, ["conversation.updated", "member.updated", "conversation.joined"]);
  });

  it("after members were added, given roles, removed, and left", async () => {
    const group = await newGroup(administrator, "Coming and going", [ada]);
    const path = conversationPath(group);
    await expectNoDrift(async () => {
      await say(ada, group, "before they came");
      await administrator.post(`${path}/members`, { user_ids: [ben.person.id, carol.person.id] });
      await administrator.put(`${path}/members/${ben.person.id}/role`, { role: "owner" });
      await say(carol, group, "here I am");
      await ben.send("DELETE", `${path}/members/${carol.person.id}`);
      await say(ada, group, "after she went");
      await ben.put(`${path}/members/${ben.person.id}/role`, { role: "member" });
      await administrator.post(`${path}/leave`, { successor_id: ada.person.id });
      await ada.post(`${path}/members`, { user_ids: [carol.person.id] });
    }, ["member.added", "member.updated", "member.removed", "conversation.joined", "conversation.left"]);
  });

  it("after a group was deleted", async () => {
    const group = await newGroup(administrator, "Short-lived", [ada, ben]);
    await expectNoDrift(
      () => administrator.post(conversationPath(group, "/delete"), { name: "Short-lived" }),
      ["conversation.left"],
    );
  });

  it("after all of it at once", async () => {
    const group = await newGroup(administrator, "Everything", [ada, ben, carol]);
    const general = (await generalOf(ada)).id;
    await expectNoDrift(async () => {
      const acts = Array.from({ length: 12 }, (_, n) => [
        say(ada, group, `a ${n}`),
        say(carol, general, `c ${n}`),
        say(ben, group, `b ${n}`),
      ]);
      await Promise.all([...acts.flat(), newGroup(administrator, "Born in a storm", [ada, ben])]);
    }, ["message.created", "conversation.joined"]);
  });
});
