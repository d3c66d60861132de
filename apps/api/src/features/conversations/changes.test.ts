import type { ChangesPage } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, newGroup, say } from "../../../test/test-conversation.ts";

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

const changesPath = (id: string, query: string) => `/api/v1/conversations/${id}/changes${query}`;

async function changes(id: string, after: number, limit: number): Promise<ChangesPage> {
  const { status, body } = await ada.get(changesPath(id, `?after_revision=${after}&limit=${limit}`));
  expect(status).toBe(200);
  return body;
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
    const read = async (isLast: () => boolean, seen: number[], from: number): Promise<number> => {
      let revision = from;
      do
        for (const page of await catchUp(general, revision, 7)) {
          seen.push(...page.messages.map((message) => message.seq));
          revision = page.revision;
          // A page that is complete is the conversation at one moment: numbers, members and messages.
          if (page.complete) expect(page.conversation.revision).toBe(page.revision);
          if (page.complete) expect(page.conversation.last_seq).toBe(seen.length);
        }
      while (!isLast());
      return revision;
    };
    const readers = Array.from({ length: 6 }, () => ({ seen: [] as number[], revision: 0 }));
    await Promise.all([
      ...writers,
      joiners,
      ...readers.map(async (reader) => {
        reader.revision = await read(() => !isWriting(), reader.seen, 0);
      }),
    ]);
    const stored = await expectGapFree(server.db, general);
    for (const { seen, revision } of readers) {
      await read(() => true, seen, revision);
      expect(seen).toEqual(stored.map((message) => message.seq));
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
