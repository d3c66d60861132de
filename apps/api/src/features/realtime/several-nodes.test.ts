import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BUSES, type Nodes, onNode, startNodes } from "../../../test/nodes.ts";
import { freshName, newAdministrator, newUser, PASSWORD, type TestClient } from "../../../test/test-client.ts";
import {
  conversationPath,
  expectGapFree,
  generalOf,
  insertPeople,
  messageCommand,
  newGroup,
  say,
} from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

describe.each(BUSES)("two nodes that talk by $bus", ({ bus, isHere }) => {
  let nodes: Nodes;
  /** Ada acts on the first node; Ben and Mallory listen on the second. */
  let ada: TestClient;
  let ben: TestClient;
  let mallory: TestClient;
  let bens: TestSocket;
  let mallorys: TestSocket;

  beforeAll(async () => {
    if (!isHere) return;
    nodes = await startNodes(bus);
    ada = await newAdministrator(nodes.first, "Ada");
  });
  afterAll(() => nodes?.stop());

  beforeEach(async () => {
    if (!isHere) return;
    ben = await newUser(nodes.second.url, freshName("Ben"));
    mallory = await newUser(nodes.second.url, freshName("Mallory"));
    bens = await ben.connect();
    mallorys = await mallory.connect();
  });

  /** Everything that was said before this is heard by now: a message on the same way has come through. */
  async function settled(): Promise<void> {
    const { id } = await generalOf(ada);
    const { body } = await say(ada, id, "the end");
    for (const socket of [bens, mallorys])
      await socket.next("message.created", ({ message }) => message.id === body.message.id);
  }

  /** The other node shows a conversation a little later, with what was written in it by then. */
  async function hasJoined(socket: TestSocket, ids: string[]): Promise<void> {
    for (const id of ids) await socket.next("conversation.joined", ({ conversation }) => conversation.id === id);
  }

  it.runIf(isHere)("give messages from both to everybody, each once and in order, while both are sent to", async () => {
    const carol = await newUser(nodes.first.url, freshName("Carol"));
    const id = await newGroup(ada, freshName("Busy"), [ben, carol]);
    await hasJoined(bens, [id]);
    const [adas, carols, here] = [await ada.connect(), await carol.connect(), await onNode(nodes.first, ben).connect()];
    const senders = [adas, carols, bens];
    const each = 150;
    for (let n = 0; n < each; n += 1) {
      for (const socket of senders) socket.send(messageCommand(id, `message ${n}`));
      if (n % 5 === 0) await new Promise(setImmediate);
    }
    const total = each * senders.length;
    const seqs = (socket: TestSocket) =>
      socket.all("message.created").flatMap(({ message }) => (message.conversation_id === id ? [message.seq] : []));
    for (const socket of [...senders, here]) {
      await socket.until(() => seqs(socket).length >= total, "every message");
      expect(seqs(socket)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    }
    await settled();
    expect(seqs(mallorys)).toEqual([]);
    await expectGapFree(nodes.first.db, id);
  });

  it.runIf(isHere)("give what is written in many groups at once to the members of each, in its order", async () => {
    const carol = await newUser(nodes.second.url, freshName("Carol"));
    const [adas, carols] = [await ada.connect(), await carol.connect()];
    const launches = await Promise.all(Array.from({ length: 30 }, () => newGroup(ada, freshName("Launch"), [ben])));
    const seasons = await Promise.all(Array.from({ length: 30 }, () => newGroup(ada, freshName("Season"), [carol])));
    const ids = [...launches, ...seasons];
    await hasJoined(bens, launches);
    await hasJoined(carols, seasons);
    for (let n = 1; n <= 3; n += 1) for (const id of ids) adas.send(messageCommand(id, `message ${n}`));
    const heard = (socket: TestSocket) =>
      socket.all("message.created").filter(({ message }) => ids.includes(message.conversation_id));
    for (const [socket, own] of [[bens, launches] as const, [carols, seasons] as const]) {
      await socket.until(() => heard(socket).length >= 3 * own.length, "every message");
      const byGroup = Map.groupBy(heard(socket), ({ message }) => message.conversation_id);
      const contents = own.map((id) => byGroup.get(id)?.map(({ message }) => message.content));
      expect(contents).toEqual(own.map(() => ["message 1", "message 2", "message 3"]));
    }
    await settled();
    expect([bens, carols, mallorys].map((socket) => heard(socket).length)).toEqual([90, 90, 0]);
  });

  it.runIf(isHere)("tell what happens in a group to its members on the other, and to nobody else", async () => {
    const carol = await newUser(nodes.first.url, freshName("Carol"));
    const id = await newGroup(ada, freshName("Launch"), [ben]);
    const here = { conversation_id: id };
    expect(
      (await bens.next("conversation.joined", (event) => event.conversation.id === id)).conversation,
    ).toMatchObject({
      role: "member",
      can: { manage: false },
    });
    await ada.send("PATCH", conversationPath(id), { description: "Übermorgen geht es los. 🚀" });
    expect(await bens.next("conversation.updated")).toMatchObject({
      ...here,
      description: "Übermorgen geht es los. 🚀",
    });
    await ada.post(conversationPath(id, "/members"), { user_ids: [carol.person.id] });
    expect(await bens.next("member.added", (event) => event.conversation_id === id)).toMatchObject({
      ...here,
      member: { user: carol.person },
    });
    await ada.put(conversationPath(id, `/members/${ben.person.id}/role`), { role: "owner" });
    await bens.next("member.updated", (event) => event.member.user.id === ben.person.id);
    await bens.next("conversation.joined", (event) => event.conversation.id === id && event.conversation.can.manage);
    await ada.send("DELETE", conversationPath(id, `/members/${carol.person.id}`));
    expect(await bens.next("member.removed")).toMatchObject({ ...here, user_id: carol.person.id });
    await ada.send("DELETE", conversationPath(id, `/members/${ben.person.id}`));
    await bens.next("conversation.left", (event) => event.conversation_id === id);
    await settled();
    expect(JSON.stringify(mallorys.events)).not.toContain(id);
  });

  it.runIf(isHere)("tell more than one payload can hold", async () => {
    const id = await newGroup(ada, freshName("Launch"), [ben]);
    const description = "🚀".repeat(500);
    const people = await insertPeople(
      nodes.first.db,
      Array.from({ length: 30 }, () => freshName("Carol")),
    );
    await ada.post(conversationPath(id, "/members"), { user_ids: people });
    await ada.send("PATCH", conversationPath(id), { description });
    expect((await bens.next("conversation.updated")).description).toBe(description);
    const added = bens.all("member.added").filter((event) => event.conversation_id === id);
    expect(new Set(added.map((event) => event.member.user.id))).toEqual(new Set(people));
  });

  it.runIf(isHere)("tell one's read marker, new names, typing and direct conversations", async () => {
    const general = (await generalOf(ada)).id;
    const { seq } = (await say(ada, general, "read me")).body.message;
    await onNode(nodes.first, ben).put(conversationPath(general, "/read-marker"), { seq });
    expect(await bens.next("read_marker.moved")).toMatchObject({ conversation_id: general, read_seq: seq });
    const carol = await newUser(nodes.first.url, freshName("Carol"));
    const username = freshName("Caroline");
    await carol.send("PATCH", "/api/v1/me", { username });
    expect((await bens.next("user.updated")).user).toMatchObject({ id: carol.person.id, username });
    const made = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const { id } = made.body.conversation;
    await bens.next("conversation.joined", (event) => event.conversation.id === id);
    const adas = await ada.connect();
    adas.send({ type: "typing.start", conversation_id: id });
    await bens.next("typing.started", (event) => event.conversation_id === id && event.user.id === ada.person.id);
    adas.send({ type: "typing.stop", conversation_id: id });
    await bens.next("typing.stopped", (event) => event.conversation_id === id && event.user_id === ada.person.id);
    await settled();
    expect(mallorys.all("read_marker.moved")).toEqual([]);
    expect(JSON.stringify(mallorys.events)).not.toContain(id);
    expect(bens.all("read_marker.moved")).toHaveLength(1);
    adas.close();
  });

  it.runIf(isHere)("know who is connected to the other", async () => {
    const carol = await newUser(nodes.first.url, freshName("Carol"));
    const first = await carol.connect();
    await bens.untilOnline(carol.person.id);
    await (await onNode(nodes.second, mallory).connect()).untilOnline(carol.person.id);
    const general = (await generalOf(ada)).id;
    const { body } = await ben.get(conversationPath(general, "/members"));
    expect(body.online).toContain(carol.person.id);
    // From one node to the other without an absence.
    const second = await onNode(nodes.second, carol).connect();
    first.close();
    await first.closed();
    const third = await carol.connect();
    second.close();
    await second.closed();
    third.close();
    await bens.untilOnline(carol.person.id, false);
    expect(bens.presenceOf(carol.person.id)).toEqual([true, false]);
  });

  it.runIf(isHere).each([
    ["a session that ends", 4401, () => onNode(nodes.first, ben).post("/logout", {})],
    ["an account that is deactivated", 4401, () => ada.post(`/api/v1/accounts/${ben.person.id}/deactivate`, {})],
    ["an account with another role", 4403, () => ada.put(`/api/v1/accounts/${ben.person.id}/role`, { role: "admin" })],
  ])("close the sockets of %s within the second promised on one node", async (_, code, act) => {
    const began = performance.now();
    const answer = await act();
    expect(answer.status).toBeLessThan(300);
    expect(await bens.closed()).toBe(code);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(mallorys.closeCode).toBeNull();
  });

  it.runIf(isHere)("give nothing that was stored after it to who was removed by way of the other", async () => {
    const id = await newGroup(ada, freshName("Busy"), [ben]);
    const adas = await ada.connect();
    let isWriting = true;
    const writing = (async () => {
      while (isWriting) await say(ada, id, "over HTTP");
    })();
    await bens.until(() => bens.all("message.created").length > 10, "messages");
    const began = performance.now();
    await ada.send("DELETE", conversationPath(id, `/members/${ben.person.id}`));
    await bens.next("conversation.left", (event) => event.conversation_id === id);
    expect(performance.now() - began).toBeLessThan(2_000);
    for (let n = 0; n < 50; n += 1) await say(ada, id, "after it");
    isWriting = false;
    await writing;
    await settled();
    const { revision } = await adas.next("member.removed", (event) => event.conversation_id === id);
    const given = bens.all("message.created").filter(({ message }) => message.conversation_id === id);
    expect(given.filter(({ message }) => message.revision > revision)).toEqual([]);
    adas.close();
  });

  it.runIf(isHere)("share sessions", async () => {
    const elsewhere = onNode(nodes.second, ada);
    expect((await elsewhere.get("/api/v1/me")).body.me.id).toBe(ada.person.id);
    const { body } = await ben.get("/api/v1/me");
    expect(body.me.id).toBe(ben.person.id);
    const signedIn = await onNode(nodes.first, ben).post("/login", {
      username: ben.person.username,
      password: PASSWORD,
    });
    expect(signedIn.status).toBe(200);
  });
});
