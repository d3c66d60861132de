import { newId } from "@confab/shared/ids";
import type { Message } from "@confab/shared/messages";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { messagesPath, newGroup, say } from "../../../test/test-conversation.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

/** A group with this many messages in it, numbered from 1. */
async function groupOf(count: number): Promise<string> {
  const group = await newGroup(administrator, `${count} messages`, [ada]);
  for (let n = 1; n <= count; n += 1) await say(ada, group, `message ${n}`);
  return group;
}

async function page(client: TestClient, group: string, query: string) {
  const { status, body } = await client.get(messagesPath(group) + query);
  expect(status).toBe(200);
  const { messages, ...reaches } = body as { messages: Message[]; reaches_oldest: boolean; reaches_newest: boolean };
  return {
    seqs: messages.map((message) => message.seq),
    oldest: reaches.reaches_oldest,
    newest: reaches.reaches_newest,
  };
}

describe("GET /api/v1/conversations/:id/messages", () => {
  it("says of an empty conversation, however asked, that nothing lies beyond", async () => {
    const group = await groupOf(0);
    for (const query of ["", "?before=0", "?before=1", "?before=9", "?after=0", "?after=9"])
      expect({ query, ...(await page(ada, group, query)) }).toEqual({ query, seqs: [], oldest: true, newest: true });
  });

  it("gives a page as a sender sees it, oldest first", async () => {
    const group = await groupOf(2);
    const { body } = await ada.get(messagesPath(group));
    expect(body.messages).toMatchObject([
      { seq: 1, content: "message 1", sender: ada.person, conversation_id: group },
      { seq: 2, content: "message 2", sender: ada.person, conversation_id: group },
    ]);
  });

  it("says exactly what lies beyond either end, at every edge", async () => {
    const count = 7;
    const group = await groupOf(count);
    const all = Array.from({ length: count }, (_, index) => index + 1);
    const expectPage = async (query: string, seqs: number[], below: number, above: number) => {
      const expected = {
        query,
        seqs,
        oldest: !all.some((seq) => seq <= below),
        newest: !all.some((seq) => seq >= above),
      };
      expect({ query, ...(await page(ada, group, query)) }).toEqual(expected);
    };
    for (const limit of [1, 3, 6, 7, 8, 200]) {
      const newest = all.slice(-limit);
      await expectPage(`?limit=${limit}`, newest, (newest[0] ?? 0) - 1, count + 1);
      for (const edge of [0, 1, 2, 4, 7, 8, 9]) {
        const before = all.filter((seq) => seq < edge).slice(-limit);
        await expectPage(
          `?before=${edge}&limit=${limit}`,
          before,
          (before[0] ?? edge) - 1,
          (before.at(-1) ?? edge - 1) + 1,
        );
        const after = all.filter((seq) => seq > edge).slice(0, limit);
        await expectPage(
          `?after=${edge}&limit=${limit}`,
          after,
          (after[0] ?? edge + 1) - 1,
          (after.at(-1) ?? edge) + 1,
        );
      }
    }
  });

  it("gives the newest fifty unless told otherwise, and the rest by paging back and forth", async () => {
    const group = await groupOf(101);
    expect(await page(ada, group, "")).toEqual({ seqs: range(52, 101), oldest: false, newest: true });
    expect(await page(ada, group, "?before=52")).toEqual({ seqs: range(2, 51), oldest: false, newest: false });
    expect(await page(ada, group, "?before=2")).toEqual({ seqs: [1], oldest: true, newest: false });
    expect(await page(ada, group, "?after=1&limit=100")).toEqual({ seqs: range(2, 101), oldest: false, newest: true });
  });

  it("never claims to reach the newest message while leaving out one that was there when it was asked", async () => {
    const group = await groupOf(3);
    let writing = true;
    const writer = (async () => {
      while (writing) await Promise.all(Array.from({ length: 10 }, () => say(administrator, group, "more")));
    })();
    const claims: boolean[] = [];
    try {
      while (claims.length < 40) {
        const { last_seq } = await server.db.conversation.findUniqueOrThrow({ where: { id: group } });
        const { seqs, newest } = await page(ada, group, `?after=${last_seq - 2}&limit=${1 + (claims.length % 3)}`);
        if (newest) expect(seqs.at(-1)).toBeGreaterThanOrEqual(last_seq);
        claims.push(newest);
      }
    } finally {
      writing = false;
      await writer;
    }
    expect(new Set(claims)).toEqual(new Set([true, false]));
  });

  it("is 404 to somebody who is not a member, and for what is not there, alike; 401 without a session", async () => {
    const group = await groupOf(1);
    const refused = [await mallory.get(messagesPath(group)), await mallory.get(messagesPath(newId()))];
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 404, body: { code: "conversation_not_found" } });
    expect((await fetch(server.url + messagesPath(group))).status).toBe(401);
  });

  it("is open to an administrator who is not a member, who may read but not write", async () => {
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: mallory.person.id });
    const { id } = direct.body.conversation;
    await say(ada, id, "between us");
    expect(await page(administrator, id, "")).toEqual({ seqs: [1], oldest: true, newest: true });
    const looked = await administrator.get(`/api/v1/conversations/${id}`);
    expect(looked.body.conversation).toMatchObject({ role: null, can: { send: false }, unread: 0 });
    expect((await say(administrator, id, "hello")).status).toBe(404);
  });

  it.each([
    ["?before=1&after=1", "after"],
    ["?limit=0", "limit"],
    ["?limit=201", "limit"],
    ["?limit=many", "limit"],
    ["?before=-1", "before"],
    ["?before=2147483648", "before"],
    ["?after=1.5", "after"],
    ["?order=desc", "order"],
  ])("refuses %s, naming the field", async (query, field) => {
    const group = await groupOf(0);
    const answer = await ada.get(messagesPath(group) + query);
    expect(answer).toMatchObject({ status: 400, body: { code: "request_invalid", errors: [{ field }] } });
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
