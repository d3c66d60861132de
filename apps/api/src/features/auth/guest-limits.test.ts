import type { Conversation } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import {
  type Answer,
  freshName,
  newAdministrator,
  newGuest,
  newUser,
  type TestClient,
} from "../../../test/test-client.ts";
import { generalOf, newGroup, newGuestByLink, say } from "../../../test/test-conversation.ts";
import { asProgram, BearerClient } from "../../../test/test-program.ts";
import { TestSocket } from "../../../test/test-socket.ts";

// What a guest cannot do: design.md §4, a test for each sentence. That a guest becomes no owner is with the groups.

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
/** In the garden and nowhere else. */
let carol: TestClient;
let carolsProgram: TestClient;
let garden: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  garden = await newGroup(ada, "Garden", [ben]);
  carol = await newGuestByLink(ada, garden, "Carol");
  carolsProgram = await asProgram(carol);
});
afterAll(() => server.stop());
afterEach(() => void vi.useRealTimers());

const HOUR = 3_600_000;
const idsOf = (list: { id: string }[]) => list.map(({ id }) => id);
const problemOf = ({ status, body: { request_id: _number, ...problem } }: Answer) => ({ status, problem });

/** The same guest with the cookie and with a token. */
const AS = [
  ["in a browser", () => carol],
  ["as a program", () => carolsProgram],
] as const;

describe("a guest's time", () => {
  it("runs by the database's clock, whatever the server's says", async () => {
    const guest = await newGuest(server.url, freshName("Carol"));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 25 * HOUR });
    expect((await guest.get("/api/v1/me")).status).toBe(200);
    await server.db.$executeRaw`UPDATE users SET expires_at = now() WHERE id = ${guest.person.id}::uuid`;
    vi.setSystemTime(Date.now() - 50 * HOUR);
    const answer = await guest.get("/api/v1/me");
    expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
  });

  it("ends for the page, the API, the socket, the token and the refresh token at once", async () => {
    const guest = await newGuest(server.url, freshName("Carol"));
    const { body: tokens } = await guest.get("/token");
    const program = new BearerClient(server.url, tokens.access_token);
    expect([(await guest.get("/api/v1/me")).status, (await program.get("/api/v1/me")).status]).toEqual([200, 200]);
    await server.db.$executeRaw`UPDATE users SET expires_at = now() WHERE id = ${guest.person.id}::uuid`;
    expect((await guest.get("/conversations")).headers.get("location")).toBe("/login?next=%2Fconversations");
    for (const client of [guest, program]) expect((await client.get("/api/v1/me")).status).toBe(401);
    const cookie = guest.cookie ?? "";
    expect(await TestSocket.refusal(server.url, { cookie, origin: server.url })).toBe(401);
    expect((await guest.post("/refresh", { refresh_token: tokens.refresh_token })).status).toBe(401);
    expect((await guest.get("/token")).status).toBe(401);
  });
});

describe.each(AS)("a guest %s sees their own conversations only", (_how, who) => {
  it("in the list, also when asking for all", async () => {
    expect(idsOf((await who().get("/api/v1/conversations")).body.conversations)).toEqual([garden]);
    const all = await who().get("/api/v1/conversations?scope=all");
    expect([all.status, all.body.code]).toEqual([403, "role_insufficient"]);
    const own = await who().get(`/user/${carol.person.id}/conversations`);
    expect(own.body.conversations.map(({ id }: Conversation) => id)).toEqual([garden]);
    expect((await who().get(`/user/${ben.person.id}/conversations`)).status).toBe(404);
  });

  it.each(["", "/messages", "/members", "/changes?after_revision=0"])(
    "and of any other%s what there is of none: 404",
    async (part) => {
      const { id: general } = await generalOf(ben);
      expect((await who().get(`/api/v1/conversations/${garden}${part}`)).status).toBe(200);
      const foreign = problemOf(await who().get(`/api/v1/conversations/${general}${part}`));
      expect(foreign).toMatchObject({ status: 404, problem: { code: "conversation_not_found" } });
      expect(problemOf(await who().get(`/api/v1/conversations/${newId()}${part}`))).toEqual(foreign);
    },
  );
});

describe("a guest sees the people in their conversations only", () => {
  it("in the lists of members and of who is connected", async () => {
    const dora = await newUser(server.url, freshName("Dora"));
    const [bens, doras, carols] = await Promise.all([ben.connect(), dora.connect(), carol.connect()]);
    const ready = await carols.next("ready");
    expect(idsOf(ready.conversations)).toEqual([garden]);
    for (const { person } of [ben, carol]) await carols.untilOnline(person.id);
    await bens.untilOnline(dora.person.id);
    await carols.settled();
    expect(carols.presenceOf(dora.person.id)).toEqual([]);
    const { members, online } = (await carol.get(`/api/v1/conversations/${garden}/members`)).body;
    expect(members.map(({ user }: { user: { username: string } }) => user.username)).toEqual(["Ada", "Ben", "Carol"]);
    expect(online).not.toContain(dora.person.id);
    for (const socket of [bens, doras, carols]) socket.close();
  });

  it("and hears nothing of others: not their messages, names or presence", async () => {
    const dora = await newUser(server.url, freshName("Dora"));
    const carols = await carol.connect();
    await carols.settled();
    const doras = await dora.connect();
    await say(dora, (await generalOf(dora)).id, "Nobody from the garden is here");
    await dora.send("PATCH", "/api/v1/me", { username: freshName("Dora") });
    await doras.closed();
    // What is told in the garden comes after it.
    await say(ben, garden, "Hello garden");
    await carols.next("message.created", (event) => event.message.content === "Hello garden");
    expect(JSON.stringify(carols.events)).not.toContain(dora.person.id);
    carols.close();
  });
});

describe.each(AS)("a guest %s", (_how, who) => {
  const people = () => [ben.person.id];
  it.each<[string, string, string, () => object | undefined]>([
    ["start a direct conversation", "POST", "/api/v1/conversations", () => ({ kind: "direct", user_id: people()[0] })],
    ["create a group", "POST", "/api/v1/conversations", () => ({ kind: "group", name: "Mine", member_ids: people() })],
    ["create a group by its form", "POST", "/groups/create", () => ({ name: "Mine", members: people() })],
    ["make a link to an account", "POST", "/api/v1/invites", () => ({})],
    ["see the links to accounts", "GET", "/api/v1/invites", () => undefined],
    ["see the directory", "GET", "/api/v1/users", () => undefined],
    ["see the accounts", "GET", "/api/v1/accounts", () => undefined],
    ["see the groups", "GET", "/api/v1/groups", () => undefined],
    ["see what was noted", "GET", "/api/v1/audit", () => undefined],
  ])("cannot %s: 403", async (_what, method, path, bodyOf) => {
    const before = await Promise.all([server.db.conversation.count(), server.db.invite.count()]);
    const answer = await who().send(method, path, bodyOf());
    expect([answer.status, answer.body.code]).toEqual([403, "role_insufficient"]);
    expect(await Promise.all([server.db.conversation.count(), server.db.invite.count()])).toEqual(before);
  });

  it.each<[string, string, string, () => object | undefined]>([
    ["invite by a link", "POST", "/invites", () => ({})],
    ["see the links", "GET", "/invites", () => undefined],
    ["bring somebody in", "POST", "/members", () => ({ user_ids: people() })],
  ])("in a group cannot %s: 403", async (_what, method, part, bodyOf) => {
    const before = await Promise.all([server.db.invite.count(), server.db.conversationMember.count()]);
    const answer = await who().send(method, `/api/v1/conversations/${garden}${part}`, bodyOf());
    expect([answer.status, answer.body.code]).toEqual([403, "owner_required"]);
    expect(await Promise.all([server.db.invite.count(), server.db.conversationMember.count()])).toEqual(before);
  });
});

describe("a guest is marked as one wherever the name stands", () => {
  it("in every answer that names them", async () => {
    const made = await ben.post("/api/v1/conversations", { kind: "direct", user_id: carol.person.id });
    await say(carol, garden, "A guest was here");
    const me = (await carol.get("/api/v1/me")).body.me;
    const { access_token } = (await carol.get("/token")).body;
    const { role } = (await carol.get("/check", { authorization: `Bearer ${access_token}` })).body;
    const { messages } = (await ben.get(`/api/v1/conversations/${garden}/messages`)).body;
    const { conversation } = (await ben.get(`/api/v1/conversations/${garden}`)).body;
    const { members } = (await ben.get(`/api/v1/conversations/${garden}/members`)).body;
    const { users } = (await ben.get("/api/v1/users?query=carol")).body;
    const { accounts } = (await ada.get("/api/v1/accounts?query=carol")).body;
    const ofCarol = (list: { id: string }[]) => list.find(({ id }) => id === carol.person.id);
    expect([me.role, role]).toEqual(["guest", "guest"]);
    expect([
      messages.at(-1).sender,
      conversation.last_message.sender,
      made.body.conversation.other,
      ofCarol(members.map(({ user }: { user: { id: string } }) => user)),
      ofCarol(users),
    ]).toEqual(Array(5).fill(carol.person));
    expect(ofCarol(accounts)).toMatchObject(carol.person);
  });

  it("in every event that names them", async () => {
    const [bens, adas] = await Promise.all([ben.connect(), ada.connect()]);
    const guest = await newGuestByLink(ada, garden, freshName("Carol"));
    const carols = await guest.connect();
    carols.send({ type: "typing.start", conversation_id: garden });
    await say(guest, garden, "Hello");
    for (const socket of [bens, adas]) {
      expect((await socket.next("member.added")).member.user).toEqual(guest.person);
      expect((await socket.next("typing.started")).user).toEqual(guest.person);
      expect((await socket.next("message.created")).message.sender).toEqual(guest.person);
    }
    const username = freshName("Carol");
    await guest.send("PATCH", "/api/v1/me", { username });
    expect((await bens.next("user.updated")).user).toEqual({ ...guest.person, username });
    for (const socket of [bens, adas]) socket.close();
  });
});

describe("a guest's name", () => {
  it("is one guest's, of any number who want it at the same moment, by a link or without", async () => {
    const username = freshName("Carol");
    const { token } = (await ada.post(`/api/v1/conversations/${garden}/invites`, {})).body.invite;
    const wants = [undefined, token, undefined, token].map((invite) => newGuest(server.url, username, invite));
    const entered = await Promise.allSettled(wants);
    expect(entered.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const each of entered) if (each.status === "rejected") expect(String(each.reason)).toContain("username_taken");
    expect(await server.db.user.count({ where: { username } })).toBe(1);
  });

  it("is not a user's, and no user's from then on", async () => {
    await expect(newGuest(server.url, "BEN")).rejects.toThrow("username_taken");
    await expect(newUser(server.url, "CAROL")).rejects.toThrow("username_taken");
    const taken = await ben.send("PATCH", "/api/v1/me", { username: "carol" });
    expect([taken.status, taken.body.code]).toEqual([409, "username_taken"]);
  });
});
