import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import {
  freshName,
  newAdministrator,
  newGuest,
  newUser,
  PASSWORD,
  signInElsewhere,
  TestClient,
} from "../../../test/test-client.ts";
import { generalOf, newGroup, say } from "../../../test/test-conversation.ts";
import { newOutsider } from "../../../test/test-outsider.ts";
import { asProgram, checkStatus, newTokens, refresh } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
});
afterAll(() => server.stop());
beforeEach(async () => {
  carol = await newUser(server.url, freshName("Carol"));
});

const remove = (client: TestClient, body: object = {}) =>
  client.post("/api/v1/me/delete", { username: client.person.username, password: PASSWORD, ...body });
const rowOf = ({ person }: TestClient) => server.db.user.findUniqueOrThrow({ where: { id: person.id } });
const auditOf = ({ person }: TestClient) => server.db.auditEvent.findMany({ where: { user_id: person.id } });
const isSignedIn = async (client: TestClient) => (await client.get("/api/v1/me")).status === 200;
const signIn = async (credentials: object) => (await new TestClient(server.url).post("/login", credentials)).status;

async function newDirect(from: TestClient, to: TestClient): Promise<string> {
  const made = await from.post("/api/v1/conversations", { kind: "direct", user_id: to.person.id });
  return made.body.conversation.id;
}

async function newSecondAdministrator(): Promise<TestClient> {
  const dora = await newUser(server.url, freshName("Dora"));
  await server.db.user.update({ where: { id: dora.person.id }, data: { role: "admin" } });
  return dora;
}

describe("POST /api/v1/me/delete", () => {
  it("answers 204, takes the cookie back, and leaves of the account its id", async () => {
    const link = { user_id: carol.person.id, token_hash: Buffer.from(carol.person.id), expires_at: new Date(2e12) };
    await server.db.passwordReset.create({ data: link });
    const answer = await remove(carol);
    expect([answer.status, answer.body, carol.cookie]).toEqual([204, "", null]);
    expect(await rowOf(carol)).toMatchObject({
      username: "Deleted user",
      username_key: `deleted user ${carol.person.id}`,
      email: null,
      password_hash: null,
      role: "user",
      deactivated_at: expect.any(Date),
      deleted_at: expect.any(Date),
    });
    expect(await server.db.session.count({ where: { user_id: carol.person.id } })).toBe(0);
    expect(await server.db.passwordReset.count({ where: { user_id: carol.person.id } })).toBe(0);
    expect(await auditOf(carol)).toEqual([
      expect.objectContaining({ action: "account.deleted", actor_id: carol.person.id, address: "127.0.0.1" }),
    ]);
    const { users } = (await ben.get("/api/v1/users")).body;
    expect(users.map((user: { id: string }) => user.id)).not.toContain(carol.person.id);
  });

  it("signs out everywhere at once: browsers, programs, sockets", async () => {
    const phone = await signInElsewhere(carol);
    const program = await newTokens(server.url, carol.person.username);
    const [here, there, bens] = await Promise.all([carol.connect(), phone.connect(), ben.connect()]);
    await remove(carol);
    const deletedAt = performance.now();
    expect(await Promise.all([here.closed(), there.closed()])).toEqual([4401, 4401]);
    expect(performance.now() - deletedAt).toBeLessThan(300);
    expect(await isSignedIn(phone)).toBe(false);
    expect(await checkStatus(server.url, program.access_token)).toBe(401);
    expect((await refresh(server.url, program.refresh_token)).status).toBe(401);
    await bens.settled();
    expect(bens.closeCode).toBeNull();
    bens.close();
  });

  it("takes the person out of all groups, and tells those who are in them, and nobody else", async () => {
    const garden = await newGroup(ada, "Garden", [ben, carol]);
    const mallory = await newOutsider(server, freshName("Mallory"));
    const [bens, outside] = await Promise.all([ben.connect(), mallory.connect()]);
    const general = await generalOf(ben);
    await remove(carol);

    const left = new Set<string>();
    for (const conversation_id of [garden, general.id]) {
      const removed = await bens.next("member.removed", (event) => event.conversation_id === conversation_id);
      expect(removed.user_id).toBe(carol.person.id);
      left.add(removed.conversation_id);
    }
    expect(left.size).toBe(2);
    expect((await generalOf(ben)).member_count).toBe(general.member_count - 1);
    const { members } = (await ben.get(`/api/v1/conversations/${garden}/members`)).body;
    expect(members).toHaveLength(2);
    await outside.settled();
    expect(outside.events.map((event) => event.type)).toEqual(["ready", "pong"]);
    bens.close();
    outside.close();
  });

  it("leaves messages and direct conversations, under “Deleted user”, also on screens that are open", async () => {
    const garden = await newGroup(ada, "Garden", [ben, carol]);
    const direct = await newDirect(ben, carol);
    for (const id of [garden, direct]) await say(carol, id, "I was here");
    // Ada was with her in groups only, which she has left by then.
    const [bens, adas] = await Promise.all([ben.connect(), ada.connect()]);
    await remove(carol);

    const gone = { id: carol.person.id, username: "Deleted user", role: "user" };
    for (const socket of [bens, adas]) expect((await socket.next("user.updated")).user).toEqual(gone);
    for (const id of [garden, direct]) {
      const { messages } = (await ben.get(`/api/v1/conversations/${id}/messages`)).body;
      expect(messages).toEqual([expect.objectContaining({ content: "I was here", sender: gone })]);
    }
    const { conversation } = (await ben.get(`/api/v1/conversations/${direct}`)).body;
    expect(conversation).toMatchObject({ other: gone, member_count: 2 });
    bens.close();
    adas.close();
  });

  it("lets nobody in by the old name or address, which others may take", async () => {
    const { username } = carol.person;
    const email = (await carol.get("/api/v1/me")).body.me.email;
    await remove(carol);
    expect(await signIn({ username, password: PASSWORD })).toBe(401);
    expect(await signIn({ email, password: PASSWORD })).toBe(401);
    expect(await signIn({ username: `Deleted user ${carol.person.id}`, password: PASSWORD })).toBe(401);
    const other = await newUser(server.url, username);
    expect(other.person.id).not.toBe(carol.person.id);
    expect((await other.get("/api/v1/me")).body.me.email).toBe(email);
  });

  it("asks guests for their name only", async () => {
    const guest = await newGuest(server.url, freshName("Dario"));
    const socket = await guest.connect();
    const answer = await guest.post("/api/v1/me/delete", { username: guest.person.username });
    expect(answer.status).toBe(204);
    expect(await socket.closed()).toBe(4401);
    expect(await rowOf(guest)).toMatchObject({ username: "Deleted user", role: "guest" });
  });

  it("works for a program as well", async () => {
    const program = await asProgram(carol);
    expect((await remove(program)).status).toBe(204);
    expect([await isSignedIn(program), await isSignedIn(carol)]).toEqual([false, false]);
  });

  it.each<[string, () => object, number, string, string | undefined]>([
    ["another name", () => ({ username: ben.person.username }), 400, "request_invalid", "username"],
    [
      "the name in capitals",
      () => ({ username: carol.person.username.toUpperCase() }),
      400,
      "request_invalid",
      "username",
    ],
    ["no password", () => ({ password: undefined }), 400, "request_invalid", "password"],
    ["a wrong password", () => ({ password: `${PASSWORD}!` }), 401, "password_wrong", undefined],
  ])("refuses %s, and changes nothing", async (_what, bodyOf, status, code, field) => {
    const socket = await carol.connect();
    const [before, general] = [await rowOf(carol), await generalOf(ben)];
    const answer = await remove(carol, bodyOf());
    expect([answer.status, answer.body.code, answer.body.errors?.[0].field]).toEqual([status, code, field]);
    await socket.settled();
    expect([await rowOf(carol), await generalOf(ben), socket.closeCode]).toEqual([before, general, null]);
    expect([await isSignedIn(carol), await auditOf(carol)]).toEqual([true, []]);
    socket.close();
  });

  it("happens once, however often it is asked for at the same moment", async () => {
    const phone = await signInElsewhere(carol);
    const { member_count } = await generalOf(ben);
    const answers = await Promise.all([remove(carol), remove(phone)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 401]);
    expect(await auditOf(carol)).toHaveLength(1);
    expect((await generalOf(ben)).member_count).toBe(member_count - 1);
  });

  it("is nothing for strangers", async () => {
    const answer = await remove(new TestClient(server.url), { username: "Ada" });
    expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
  });
});

describe("the last administrator", () => {
  it("stays: 409, and nothing changes", async () => {
    const dora = await newSecondAdministrator();
    await server.db.user.update({ where: { id: dora.person.id }, data: { deactivated_at: new Date() } });
    const before = await rowOf(ada);
    const answer = await remove(ada);
    expect([answer.status, answer.body.code]).toEqual([409, "last_administrator"]);
    expect(await rowOf(ada)).toEqual(before);
    expect(await isSignedIn(ada)).toBe(true);
    expect((await generalOf(ada)).role).toBe("owner");
  });

  it("is one of two who go at the same moment", async () => {
    const own = await startServer();
    try {
      const first = await newAdministrator(own, "Ada");
      const second = await newUser(own.url, "Ben");
      await own.db.user.update({ where: { id: second.person.id }, data: { role: "admin" } });
      const answers = await Promise.all([remove(first), remove(second)]);
      expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
      expect(await own.db.user.count({ where: { role: "admin", deactivated_at: null } })).toBe(1);
    } finally {
      await own.stop();
    }
  });

  it("may go when there is another one, and is no administrator after it", async () => {
    const dora = await newSecondAdministrator();
    expect((await remove(dora)).status).toBe(204);
    expect((await rowOf(dora)).role).toBe("user");
  });
});
