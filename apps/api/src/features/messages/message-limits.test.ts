import { newId } from "@confab/shared/ids";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onNode } from "../../../test/nodes.ts";
import { ReferenceSocket } from "../../../test/reference-socket.ts";
import { startSecondNode } from "../../../test/second-node.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, messagesPath, say } from "../../../test/test-conversation.ts";

/** With a tenth of the usual: 6 messages at once and 12 a minute for a user, half of it for a guest, 60 for an address. */
const STRICT = { RATE_LIMIT_SCALE: "0.1" };

let server: TestServer;
let ada: TestClient;
let general: string;

/** Time stands still but for what a test lets pass: what is counted by it is exact. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  server = await startServer(STRICT);
  ada = await newUser(server.url, "Ada");
  general = (await generalOf(ada)).id;
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

/** Sends until it is refused, and not more than a hundred times. */
async function sendUntilRefused(client: TestClient): Promise<{ sent: Answer[]; refused: Answer }> {
  const sent: Answer[] = [];
  for (let n = 0; n < 100; n += 1) {
    const answer = await say(client, general, `message ${n}`);
    if (answer.status !== 201) return { sent, refused: answer };
    sent.push(answer);
  }
  throw new Error("never refused");
}

const limitsIn = ({ headers }: Answer) =>
  ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"].map((name) => headers.get(name));

describe("too many messages of one person", () => {
  it("over HTTP: each answer says how many are left, and one too many is 429, until there is one again", async () => {
    const { sent, refused } = await sendUntilRefused(ada);
    expect(sent.map((answer) => answer.headers.get("ratelimit-remaining"))).toEqual(["5", "4", "3", "2", "1", "0"]);
    expect(limitsIn(sent[0] as Answer)).toEqual(["6", "5", "5", null]);
    expect(refused.body).toMatchObject({ status: 429, code: "too_many_requests" });
    expect(refused.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(limitsIn(refused)).toEqual(["6", "0", "30", "5"]);
    vi.advanceTimersByTime(4_900);
    expect((await say(ada, general, "too early")).status).toBe(429);
    vi.advanceTimersByTime(100);
    expect((await say(ada, general, "in time")).status).toBe(201);
    expect((await say(ada, general, "not twice")).status).toBe(429);
    vi.advanceTimersByTime(3_600_000);
    expect((await sendUntilRefused(ada)).sent).toHaveLength(6);
    expect(await expectGapFree(server.db, general)).toHaveLength(13);
  });

  it("over the socket: an error frame with the message's id and the seconds to wait, and the connection stays", async () => {
    const socket = await ada.connect();
    const commands = Array.from({ length: 8 }, (_, n) => messageCommand(general, `message ${n}`));
    for (const command of commands) socket.send(command);
    await socket.until(() => socket.all("error").length === 2, "two refusals");
    await socket.until(() => socket.all("message.acked").length === 6, "six acks");
    for (const [index, error] of socket.all("error").entries())
      expect(error).toMatchObject({ id: commands[6 + index]?.id, code: "too_many_requests", retry_after: 5 });
    await socket.settled();
    const again = commands[6] as (typeof commands)[number];
    vi.advanceTimersByTime(5_000);
    socket.send(again);
    await socket.next("message.acked", ({ message }) => message.id === again.id);
    expect(await expectGapFree(server.db, general)).toHaveLength(7);
    expect(socket.closeCode).toBeNull();
  });

  it("counts them together, whichever way they come, on whichever socket, in whatever words", async () => {
    const one = await ada.connect();
    const reference = await ReferenceSocket.open(server.url, {
      headers: { cookie: ada.cookie ?? "", origin: server.url },
    });
    const meta = { conversation_id: general, sender_id: ada.person.id, timestamp: new Date().toISOString() };
    const chat = (content: string) => ({
      message_type: "ChatMessage",
      payload: { content, display_name: "Ada" },
      meta,
    });
    for (let n = 0; n < 2; n += 1) {
      const command = messageCommand(general, "by a command");
      one.send(command);
      await one.next("message.acked", ({ message }) => message.id === command.id);
    }
    reference.send(chat("in the reference's words"));
    await one.next("message.created", ({ message }) => message.content === "in the reference's words");
    expect((await sendUntilRefused(ada)).sent).toHaveLength(3);
    reference.send(chat("one too many"));
    expect(await reference.next((frame) => frame.type === "error")).toMatchObject({
      code: "too_many_requests",
      retry_after: 5,
    });
    expect(await expectGapFree(server.db, general)).toHaveLength(6);
  });

  it("is nobody else's: others send, and the same person reads on", async () => {
    const ben = await newUser(server.url, "Ben");
    await sendUntilRefused(ada);
    expect((await ada.get(messagesPath(general))).status).toBe(200);
    expect((await sendUntilRefused(ben)).sent).toHaveLength(6);
  });

  it("counts a message that is sent again, and none that is malformed", async () => {
    for (let n = 0; n < 10; n += 1) expect((await say(ada, general, " ")).status).toBe(400);
    const id = newId();
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await say(ada, general, "the same", id)).status);
    expect(statuses).toEqual([201, 200, 200, 200, 200, 200, 429]);
  });

  it("a guest has half as many", async () => {
    const carol = await newGuest(server.url, "Carol");
    const { sent, refused } = await sendUntilRefused(carol);
    expect(sent).toHaveLength(3);
    expect(limitsIn(refused)).toEqual(["3", "0", "30", "10"]);
  });
});

describe("too many messages from one address", () => {
  it("are refused whoever sends them; a network of version 6 is one address; others go on", async () => {
    const roomy = await startServer({ TRUST_PROXY: "127.0.0.1" });
    const strict = await startSecondNode({ ...roomy, config: { ...roomy.config, rateLimitScale: 0.1 } });
    try {
      const people = await Promise.all(upTo(11).map((n) => newUser(roomy.url, `Person ${n}`)));
      const { id } = await generalOf(people[0] as TestClient);
      const sayFrom = (address: string, person: TestClient) =>
        onNode(strict, person).post(
          messagesPath(id),
          { id: newId(), content: "hello" },
          { "x-forwarded-for": address },
        );
      for (const person of people.slice(0, 10))
        for (const n of upTo(6)) expect((await sayFrom(`2001:db8:1:2::${n}`, person)).status).toBe(201);
      const last = people[10] as TestClient;
      const refused = await sayFrom("2001:db8:1:2:ffff::1", last);
      expect(limitsIn(refused)).toEqual(["60", "0", "30", "1"]);
      const elsewhere = await sayFrom("2001:db8:1:3::1", last);
      expect(limitsIn(elsewhere)).toEqual(["6", "4", "10", null]);
    } finally {
      await strict.stop();
      await roomy.stop();
    }
  });
});

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
