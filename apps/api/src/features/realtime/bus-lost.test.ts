import { newId } from "@confab/shared/ids";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BUSES, type Nodes, onNode, startNodeProcess, startNodes } from "../../../test/nodes.ts";
import { HAS_REDIS } from "../../../test/redis.ts";
import { startServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import {
  conversationPath,
  expectGapFree,
  generalOf,
  messageCommand,
  newGroup,
} from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";
import { wire } from "../../app.ts";
import { sql } from "../../core/db.ts";
import { findPrincipalOfSession } from "../../plugins/session.ts";
import { removeMember } from "../groups/group-members.service.ts";
import { updateGroup } from "../groups/groups.service.ts";

/** How late something may be whose word was lost: one look at the database, and a busy machine. */
const LATE_MS = 3_500;

let nodes: Nodes;
/** Ada speaks on the first node, Ben listens on the second. */
let ada: TestClient;
let ben: TestClient;
let adas: TestSocket;
let bens: TestSocket;
let group: string;

async function gather(bus: (typeof BUSES)[number]["bus"]): Promise<void> {
  nodes = await startNodes(bus);
  ada = await newAdministrator(nodes.first, "Ada");
  ben = await newUser(nodes.second.url, "Ben");
  group = await newGroup(ada, "Launch", [ben]);
  adas = await ada.connect();
  bens = await ben.connect();
}

const seqsOf = (socket: TestSocket) =>
  socket.all("message.created").flatMap(({ message }) => (message.conversation_id === group ? [message.seq] : []));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** Sends while something happens half-way. */
async function sendThrough(count: number, halfway: () => Promise<unknown>): Promise<void> {
  let happening: Promise<unknown> = Promise.resolve();
  for (let n = 0; n < count; n += 1) {
    adas.send(messageCommand(group, `message ${n}`));
    if (n === count / 2) happening = halfway();
    if (n % 5 === 0) await new Promise(setImmediate);
  }
  await adas.until(() => adas.all("message.acked").length === count, "every ack");
  await happening;
}

/** Ends the connections by which the nodes listen to each other. */
async function cutBus(): Promise<number> {
  const cut = await nodes.first.db.$queryRaw<unknown[]>(sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND (query LIKE 'LISTEN %' OR query LIKE 'SELECT pg_notify%')`);
  return cut.length;
}

/** What acts on the database and tells nobody, like a node that is killed after the commit. */
async function muteNode() {
  const { config, db } = nodes.first;
  const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  const session = await db.session.findFirstOrThrow({ where: { user_id: ada.person.id } });
  const principal = await findPrincipalOfSession(db, session.id, "127.0.0.1");
  if (!principal) throw new Error("Ada is not signed in");
  return { deps: wire(config, db, silent), principal };
}

afterEach(() => nodes?.stop());

describe("a bus by PostgreSQL", () => {
  beforeEach(() => gather("PostgreSQL"));

  it("that is cut while messages are sent loses none, and whoever is connected comes anew for the rest", async () => {
    await sendThrough(200, async () => expect(await cutBus()).toBe(2));
    const acked = performance.now();
    await bens.until(() => seqsOf(bens).length >= 200, "every message");
    expect(performance.now() - acked).toBeLessThan(LATE_MS);
    expect(seqsOf(bens)).toEqual(upTo(200));
    await expect.poll(() => bens.closeCode, { timeout: 10_000 }).toBe(1012);
    await expect.poll(() => adas.closeCode, { timeout: 10_000 }).toBe(1012);
    const again = await ben.connect();
    const { conversations } = await again.next("ready");
    expect(conversations.find((each) => each.id === group)?.last_seq).toBe(200);
    await onNode(nodes.first, ben).put(conversationPath(group, "/read-marker"), { seq: 200 });
    await again.next("read_marker.moved");
  });

  async function storeInSilence(contents: string[]): Promise<void> {
    const { deps } = await muteNode();
    const message = { conversation_id: group, sender_id: ada.person.id, sent_from_client: new Date().toISOString() };
    await Promise.all(contents.map((content) => deps.writer.write({ ...message, id: newId(), content })));
  }

  it("that a node without others has lost, with its database, shows at once what was stored meanwhile", async () => {
    await nodes.stop();
    const alone = await startServer({ LOG_LEVEL: "fatal" });
    nodes = { first: alone, second: { url: alone.url, stop: async () => undefined }, redis: null, stop: alone.stop };
    ada = await newAdministrator(alone, "Ada");
    group = await newGroup(ada, "Launch", []);
    adas = await ada.connect();
    await storeInSilence(["said in silence"]);
    expect(await cutBus()).toBe(1);
    const cut = performance.now();
    await adas.until(() => seqsOf(adas).length >= 1, "the message");
    expect(performance.now() - cut).toBeLessThan(LATE_MS);
    await adas.settled();
    expect(adas.closeCode).toBeNull();
  });

  it("may lose a word: a message that was stored in silence is told by the next look", async () => {
    await storeInSilence(["said in silence", "again", "and again"]);
    const done = performance.now();
    for (const socket of [adas, bens]) {
      await socket.until(() => seqsOf(socket).length >= 3, "every message");
      expect(seqsOf(socket)).toEqual([1, 2, 3]);
    }
    expect(performance.now() - done).toBeLessThan(LATE_MS);
  });

  it("may lose a word: of more than fits into one write the newest is told, and the rest is there to be caught up", async () => {
    const count = 80;
    await storeInSilence(upTo(count).map((n) => `${n}`.padEnd(15_900, "x")));
    await bens.until(() => seqsOf(bens).at(-1) === count, "the newest message");
    expect(seqsOf(bens).length).toBeLessThan(count);
    expect(bens.closeCode).toBeNull();
    const missed = await ben.get(conversationPath(group, "/changes?after_revision=0"));
    expect(missed.body.messages.map((each: { seq: number }) => each.seq)).toEqual(upTo(count));
    adas.send(messageCommand(group, "further"));
    await bens.until(() => seqsOf(bens).at(-1) === count + 1, "what is said afterwards");
  });

  it("may lose a word: who was taken out in silence, and what was changed, is told by the second look", async () => {
    const { deps, principal } = await muteNode();
    await updateGroup(deps, principal, group, { name: "Landing" });
    for (const socket of [adas, bens])
      await socket.next("conversation.joined", ({ conversation }) => conversation.name === "Landing");
    await removeMember(deps, principal, group, ben.person.id);
    const left = await bens.next("conversation.left", (event) => event.conversation_id === group);
    const { conversation } = await adas.next("conversation.joined", (event) => event.conversation.member_count === 1);
    expect(left.member_version).toBe(conversation.member_version);
    expect(adas.all("conversation.left")).toEqual([]);
  });
});

describe("a bus by Redis", () => {
  it.runIf(HAS_REDIS)(
    "that is killed while messages are sent loses none, and is used again when it is back",
    async () => {
      await gather("Redis");
      await sendThrough(200, async () => nodes.redis?.kill());
      const acked = performance.now();
      await bens.until(() => seqsOf(bens).length >= 200, "every message");
      expect(performance.now() - acked).toBeLessThan(LATE_MS);
      expect(seqsOf(bens)).toEqual(upTo(200));
      // A right that is lost now is lost within the second that the sessions are looked at.
      const carol = await newUser(nodes.second.url, "Carol");
      const carols = await carol.connect();
      await ada.post(`/api/v1/accounts/${carol.person.id}/deactivate`, {});
      expect(await carols.closed()).toBe(4401);
      await nodes.redis?.restart();
      await expect.poll(() => bens.closeCode, { timeout: 12_000 }).toBe(1012);
      const again = await ben.connect();
      await (await ada.connect()).send({ type: "typing.start", conversation_id: group });
      await again.next("typing.started");
    },
    40_000,
  );

  it.runIf(HAS_REDIS)("that is not there hurts no node", async () => {
    await gather("Redis");
    await nodes.redis?.kill();
    const began = performance.now();
    await sendThrough(20, async () => undefined);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(seqsOf(adas)).toEqual(upTo(20));
    const { status, body } = await ada.get("/readyz");
    expect([status, body]).toMatchObject([200, { status: "ready", bus: "lost" }]);
  });
});

describe.each(BUSES)("a node that dies, on a bus by $bus", ({ bus, isHere }) => {
  it.runIf(isHere)(
    "has told what it acknowledged, and its people are offline within ten seconds",
    async () => {
      await gather(bus);
      const { databaseUrl = "" } = nodes.first.config;
      const redis = nodes.redis ? { REDIS_URL: nodes.redis.url } : {};
      const third = await startNodeProcess({ DATABASE_URL: databaseUrl, ...redis });
      const carol = await newUser(third.url, "Carol");
      const carols = await carol.connect();
      for (const socket of [adas, bens]) await socket.untilOnline(carol.person.id);
      const general = (await generalOf(carol)).id;
      const sent = upTo(20).map((n) => messageCommand(general, `message ${n}`));
      for (const command of sent) carols.send(command);
      await carols.until(() => carols.all("message.acked").length === sent.length, "every ack");
      await third.end("SIGKILL");
      const died = performance.now();
      for (const socket of [adas, bens])
        for (const { id } of sent) await socket.next("message.created", ({ message }) => message.id === id);
      expect(performance.now() - died).toBeLessThan(LATE_MS);
      for (const socket of [adas, bens])
        await expect.poll(() => socket.presenceOf(carol.person.id).at(-1), { timeout: 11_000 }).toBe(false);
      await expectGapFree(nodes.first.db, general);
    },
    40_000,
  );
});
