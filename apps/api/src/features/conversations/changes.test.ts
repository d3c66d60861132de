import type { ChangesAnswer, ChangesPage } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { CHANGES_BEHIND_MAX, CHANGES_PAGE_MAX, MESSAGES_PAGE_MAX } from "@confab/shared/limits";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import {
  conversationPath,
  expectGapFree,
  generalOf,
  messageCommand,
  newGroup,
  say,
} from "../../../test/test-conversation.ts";

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

const changesPath = (id: string, query: string) => conversationPath(id, `/changes${query}`);

async function ask(id: string, after: number, limit = CHANGES_PAGE_MAX): Promise<ChangesAnswer> {
  const { status, body } = await ada.get(changesPath(id, `?after_revision=${after}&limit=${limit}`));
  expect(status).toBe(200);
  return body;
}

async function changes(id: string, after: number, limit: number): Promise<ChangesPage> {
  const answer = await ask(id, after, limit);
  if (answer.limited) throw new Error(`too far behind at ${after}`);
  return answer;
}

/** Pages of messages up to one seq: the fresh window of a client that is too far behind, only larger. */
async function seqsUpTo(id: string, last: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.length < last) {
    const { body } = await ada.get(conversationPath(id, `/messages?after=${seqs.length}&limit=${MESSAGES_PAGE_MAX}`));
    seqs.push(...body.messages.map((message: { seq: number }) => message.seq));
  }
  return seqs.slice(0, last);
}

interface Reader {
  seen: number[];
  revision: number;
}

/** Asks once, as a client that was away does until it is up to date; says whether it is. */
async function readOn(id: string, reader: Reader): Promise<boolean> {
  const answer = await ask(id, reader.revision, 7);
  reader.revision = answer.revision;
  if (answer.limited) reader.seen = await seqsUpTo(id, answer.conversation.last_seq);
  else reader.seen.push(...answer.messages.map((message) => message.seq));
  if (!answer.limited && !answer.complete) return false;
  // Such an answer is the conversation at one moment: numbers, members and messages.
  expect(answer.conversation).toMatchObject({ revision: answer.revision, last_seq: reader.seen.length });
  return !answer.limited;
}

/** Pages to the end, as a client that was away does. */
async function catchUp(id: string, from: number, limit: number): Promise<ChangesPage[]> {
  const pages = [await changes(id, from, limit)];
  for (let last = pages[0]; last !== undefined && !last.complete; last = pages.at(-1))
    pages.push(await changes(id, last.revision, limit));
  return pages;
}

describe("GET /api/v1/conversations/:id/changes", () => {
  it.each([1, 2, 3, 4, 5, 500])(
    "pages by %i to the end, in order of revision, and says when it is there",
    async (limit) => {
      const group = await newGroup(administrator, "Paged", [ada]);
      for (let n = 1; n <= 4; n += 1) await say(ada, group, `message ${n}`);
      const pages = await catchUp(group, 0, limit);
      expect(pages.flatMap((page) => page.messages.map((message) => message.seq))).toEqual([1, 2, 3, 4]);
      expect(pages.slice(0, -1).every((page) => page.messages.length === limit)).toBe(true);
      const end = pages.at(-1);
      expect(end).toMatchObject({ complete: true, revision: 5, conversation: { revision: 5, last_seq: 4 } });
      expect(await changes(group, 5, limit)).toMatchObject({ messages: [], complete: true, revision: 5 });
    },
  );

  it("counts changes that are no messages: after a joining, the conversation is as it is now", async () => {
    const general = await generalOf(ada);
    await newGuest(server.url, "Carol");
    const page = await changes(general.id, general.revision, 500);
    expect(page).toMatchObject({ messages: [], complete: true, revision: general.revision + 1 });
    expect(page.conversation).toMatchObject({ member_count: general.member_count + 1, revision: general.revision + 1 });
  });

  it("shows a changed message at its new place, once", async () => {
    const group = await newGroup(administrator, "Edited", [ada]);
    for (let n = 1; n <= 3; n += 1) await say(ada, group, `message ${n}`);
    await server.db.$transaction([
      server.db.conversation.update({ where: { id: group }, data: { revision: 5 } }),
      server.db.message.update({
        where: { conversation_id_seq: { conversation_id: group, seq: 1 } },
        data: { revision: 5, content: "changed", edited_at: new Date() },
      }),
    ]);
    const [page] = await catchUp(group, 2, 500);
    expect(page?.messages.map(({ seq, revision, content }) => [seq, revision, content])).toEqual([
      [2, 3, "message 2"],
      [3, 4, "message 3"],
      [1, 5, "changed"],
    ]);
  });

  it("misses nothing, doubles nothing and never runs ahead of the conversation it shows, while writes go on", async () => {
    const general = (await generalOf(ada)).id;
    // The writing ends by itself: were it to wait for the readers, and faster than they, neither would ever end.
    const end = Date.now() + 1_500;
    const isWriting = () => Date.now() < end;
    const writers = Array.from({ length: 8 }, async () => {
      while (isWriting()) await say(administrator, general, "more");
    });
    const joiners = (async () => {
      for (let n = 0; isWriting(); n += 1) await newGuest(server.url, `Guest ${n}`);
    })();
    const readers = Array.from({ length: 6 }, (): Reader => ({ seen: [], revision: 0 }));
    await Promise.all([
      ...writers,
      joiners,
      ...readers.map(async (reader) => {
        while (isWriting()) await readOn(general, reader);
      }),
    ]);
    const stored = await expectGapFree(server.db, general);
    for (const reader of readers) {
      while (!(await readOn(general, reader)));
      expect(reader.seen).toEqual(stored.map((message) => message.seq));
    }
  });

  it("is 404 to outsiders and for what is not there, and open to administrators", async () => {
    const group = await newGroup(administrator, "Private", [ada]);
    for (const id of [group, newId()])
      expect(await mallory.get(changesPath(id, "?after_revision=0"))).toMatchObject({
        status: 404,
        body: { code: "conversation_not_found" },
      });
    const direct = await ada.post("/api/v1/conversations", { kind: "direct", user_id: mallory.person.id });
    const looked = await administrator.get(changesPath(direct.body.conversation.id, "?after_revision=0"));
    expect(looked).toMatchObject({ status: 200, body: { complete: true, conversation: { role: null } } });
  });

  it.each(["", "?after_revision=x", "?after_revision=-1", "?after_revision=0&limit=501"])(
    "refuses %j",
    async (query) => {
      const general = await generalOf(ada);
      expect((await ada.get(changesPath(general.id, query))).status).toBe(400);
    },
  );
});

describe("a client that is far behind", () => {
  let group: string;
  let revision: number;

  beforeAll(async () => {
    group = await newGroup(administrator, "Busy", [ada]);
    const socket = await ada.connect();
    for (let n = 1; n <= CHANGES_BEHIND_MAX + 1; n += 1) socket.send(messageCommand(group, `message ${n}`));
    await socket.until(() => socket.all("message.acked").length > CHANGES_BEHIND_MAX, "every ack");
    revision = (await ada.get(conversationPath(group))).body.conversation.revision;
  });

  it("is told everything when it is exactly as far behind as may be", async () => {
    const pages = await catchUp(group, revision - CHANGES_BEHIND_MAX, CHANGES_PAGE_MAX);
    expect(pages.map(({ messages, complete }) => [messages.length, complete])).toEqual([
      [CHANGES_PAGE_MAX, false],
      [CHANGES_BEHIND_MAX - CHANGES_PAGE_MAX, true],
    ]);
    expect(pages.flatMap((page) => page.messages.map((message) => message.revision))).toEqual(
      Array.from({ length: CHANGES_BEHIND_MAX }, (_, n) => revision - CHANGES_BEHIND_MAX + n + 1),
    );
  });

  it.each([0, 1])(
    "is told that it is too far behind one change further on, whatever its pages hold: %i",
    async (after) => {
      expect(revision - after).toBeGreaterThan(CHANGES_BEHIND_MAX);
      for (const limit of [1, CHANGES_PAGE_MAX]) {
        const { conversation, ...rest } = await ask(group, after, limit);
        // No list of messages, not even an empty one: it could be taken for "nothing has changed".
        expect(rest).toEqual({ limited: true, revision });
        expect(conversation).toMatchObject({ revision, last_seq: CHANGES_BEHIND_MAX + 1, read_seq: 0 });
      }
    },
  );

  it("counts changes and not messages: a message edited over and over is far behind too", async () => {
    const edited = await newGroup(administrator, "Edited often", [ada]);
    await say(ada, edited, "once");
    for (const [distance, limited] of [
      [CHANGES_BEHIND_MAX, false],
      [CHANGES_BEHIND_MAX + 1, true],
    ] as const) {
      await server.db.conversation.update({ where: { id: edited }, data: { revision: 1 + distance } });
      expect(await ask(edited, 1)).toMatchObject({ limited, revision: 1 + distance });
    }
  });

  it("goes on after the revision it was given, and misses nothing that is written meanwhile", async () => {
    const socket = await ada.connect();
    const stored = (await expectGapFree(server.db, group)).length;
    const reader: Reader = { seen: [], revision: 0 };
    for (let n = 1; n <= 200; n += 1) {
      socket.send(messageCommand(group, `meanwhile ${n}`));
      if (n === 100) expect(await readOn(group, reader)).toBe(false);
    }
    await socket.until(() => socket.all("message.acked").length === 200, "every ack");
    expect(reader.seen.length).toBeGreaterThanOrEqual(stored);
    while (!(await readOn(group, reader)));
    expect(reader.seen).toEqual((await expectGapFree(server.db, group)).map((message) => message.seq));
    socket.close();
  });
});
