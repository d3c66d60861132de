import type { Conversation } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { generalOf, newGroup, say } from "../../../test/test-conversation.ts";

let server: TestServer;
let administrator: TestClient;
let mallory: TestClient;
let people = 0;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

function somebody(name: string): Promise<TestClient> {
  people += 1;
  return newUser(server.url, `${name} ${people}`);
}

async function list(client: TestClient, query = ""): Promise<Conversation[]> {
  const { status, body } = await client.get(`/api/v1/conversations${query}`);
  expect(status).toBe(200);
  return body.conversations;
}

describe("GET /api/v1/conversations", () => {
  it("lists one's own, latest activity first, with last message, unread count and the other person", async () => {
    const [ada, ben] = [await somebody("Ada"), await somebody("Ben")];
    const quiet = await newGroup(administrator, "Quiet", [ada]);
    const busy = await newGroup(administrator, "Busy", [ada, ben]);
    const direct = (await ben.post("/api/v1/conversations", { kind: "direct", user_id: ada.person.id })).body
      .conversation.id;
    const general = (await generalOf(ada)).id;
    await say(ben, busy, "first");
    await say(ben, direct, "psst");
    const last = await say(ben, busy, "last");
    const all = await list(ada);
    expect(all.map(({ id }) => id)).toEqual([busy, direct, quiet, general]);
    expect(all[0]).toMatchObject({
      name: "Busy",
      kind: "group",
      role: "member",
      member_count: 3,
      last_seq: 2,
      unread: 2,
      read_seq: 0,
      other: null,
      last_message: last.body.message,
      can: { send: true },
    });
    expect(all[1]).toMatchObject({ kind: "direct", name: null, other: ben.person, unread: 1 });
    expect(all[2]).toMatchObject({ name: "Quiet", last_message: null, unread: 0 });
    await say(ada, quiet, "to the top");
    expect((await list(ada)).map(({ id }) => id)).toEqual([quiet, busy, direct, general]);
  });

  it("shows nobody what they are not in; a newcomer has General and nothing else, all of it read", async () => {
    const ada = await somebody("Ada");
    await say(ada, (await generalOf(ada)).id, "before you came");
    await newGroup(administrator, "Secret", [ada]);
    for (const client of [await somebody("Ben"), await newGuest(server.url, "Carol")]) {
      const all = await list(client);
      expect(all.map(({ name }) => name)).toEqual(["General"]);
      expect(all[0]).toMatchObject({ unread: 0, last_message: { content: "before you came" } });
      expect(all[0]?.read_seq).toBe(all[0]?.last_seq);
    }
  });

  it("with scope=all shows an administrator every conversation, and refuses everybody else", async () => {
    const [ada, ben] = [await somebody("Ada"), await somebody("Ben")];
    const direct = (await ben.post("/api/v1/conversations", { kind: "direct", user_id: ada.person.id })).body
      .conversation.id;
    await say(ada, direct, "hello");
    expect((await list(administrator)).map(({ id }) => id)).not.toContain(direct);
    const all = await list(administrator, "?scope=all");
    expect(all).toHaveLength(await server.db.conversation.count());
    expect(all.find(({ id }) => id === direct)).toMatchObject({
      ...{ role: null, unread: 0, last_seq: 1, can: { send: false } },
      // From outside a list does not show what was written.
      last_message: null,
    });
    for (const client of [ada, await newGuest(server.url, "Dora")])
      expect(await client.get("/api/v1/conversations?scope=all")).toMatchObject({
        status: 403,
        body: { code: "role_insufficient" },
      });
    expect(await list(ada, "?scope=mine")).toEqual(await list(ada));
    expect((await ada.get("/api/v1/conversations?scope=theirs")).status).toBe(400);
    expect((await fetch(`${server.url}/api/v1/conversations`)).status).toBe(401);
  });
});

describe("GET /api/v1/conversations/:id", () => {
  it("gives a member the conversation as in their list", async () => {
    const ada = await somebody("Ada");
    const general = await generalOf(ada);
    expect((await ada.get(`/api/v1/conversations/${general.id}`)).body).toEqual({ conversation: general });
  });

  it("shows an administrator looking in from outside both people of a direct conversation", async () => {
    const [ada, ben] = [await somebody("Ada"), await somebody("Ben")];
    const { body } = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const seen = await administrator.get(`/api/v1/conversations/${body.conversation.id}`);
    const name = `${ada.person.username} and ${ben.person.username}`;
    expect(seen.body.conversation).toMatchObject({ name, other: null, role: null });
  });

  it("is the same 404 for what is not there and what one is not in, and 400 for what is no id", async () => {
    const group = await newGroup(administrator, "Closed", []);
    const [foreign, absent] = await Promise.all(
      [group, newId()].map((id) => mallory.get(`/api/v1/conversations/${id}`)),
    );
    expect(foreign).toMatchObject({ status: 404, body: { code: "conversation_not_found" } });
    expect({ ...foreign?.body, request_id: "" }).toEqual({ ...absent?.body, request_id: "" });
    expect((await mallory.get("/api/v1/conversations/general")).status).toBe(400);
  });
});
