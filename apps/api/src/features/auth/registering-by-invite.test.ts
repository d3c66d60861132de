import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, freshName, newAdministrator, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { generalOf, newGroup } from "../../../test/test-conversation.ts";
import { newInvite } from "../../../test/test-invite.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;
let group: string;
let general: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  mallory = await newUser(server.url, "Mallory");
  general = (await generalOf(ada)).id;
});
afterAll(() => server.stop());
beforeEach(async () => {
  group = await newGroup(ada, "Garden", [ben]);
});

async function choose(registration: string): Promise<void> {
  expect((await ada.send("PATCH", "/api/v1/workspace", { registration })).status).toBe(200);
}

const usesOf = async (id: string) => (await server.db.invite.findUniqueOrThrow({ where: { id } })).use_count;

function register(username: string, change: object = {}): Promise<Answer> {
  const email = `${username.replaceAll(" ", ".").toLowerCase()}@example.org`;
  return new TestClient(server.url).post("/register", { username, email, password: PASSWORD, ...change });
}

async function conversationsOf(username: string): Promise<Set<string>> {
  const client = new TestClient(server.url);
  expect((await client.post("/login", { username, password: PASSWORD })).status).toBe(200);
  const { conversations } = (await client.get("/api/v1/conversations")).body;
  return new Set(conversations.map((each: { id: string }) => each.id));
}

/** Refused with this, and no account, no use, no membership is left of it. */
async function expectRefused(answer: Answer, status: number, code: string, username: string): Promise<void> {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(await server.db.user.count({ where: { username } })).toBe(0);
}

describe.each(["open", "invite"])("POST /register with an invite, where registration is %s", (registration) => {
  beforeEach(() => choose(registration));

  it("into a conversation: an account as ever, in General and there, and the use is counted", async () => {
    const { id, token } = await newInvite(ada, group);
    const username = freshName("Carol");
    const answer = await register(username, { invite: token });
    expect(answer.status).toBe(201);
    const email = `${username.replace(" ", ".").toLowerCase()}@example.org`;
    expect(answer.body).toEqual({ user: { id: expect.any(String), username, email, role: "user" } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await conversationsOf(username)).toEqual(new Set([general, group]));
    expect(await usesOf(id)).toBe(1);
  });

  it("to an account: General alone, and the use is counted", async () => {
    const { id, token } = await newInvite(ada, null, { uses_max: 1 });
    const username = freshName("Carol");
    expect((await register(username, { invite: token })).status).toBe(201);
    expect(await conversationsOf(username)).toEqual(new Set([general]));
    const late = freshName("Dora");
    await expectRefused(await register(late, { invite: token }), 404, "invite_not_found", late);
    expect(await usesOf(id)).toBe(1);
  });

  it("into General: joined once, counted once", async () => {
    const { id, token } = await newInvite(ada, general);
    const before = await server.db.conversation.findUniqueOrThrow({ where: { id: general } });
    const username = freshName("Carol");
    expect((await register(username, { invite: token })).status).toBe(201);
    const after = await server.db.conversation.findUniqueOrThrow({ where: { id: general } });
    expect(after.member_count).toBe(before.member_count + 1);
    expect(after.revision).toBe(before.revision + 1);
    expect(await usesOf(id)).toBe(1);
  });

  it("tells both conversations who came, and nobody who is in neither of one", async () => {
    const { token } = await newInvite(ada, group);
    const [his, outside] = [await ben.connect(), await mallory.connect()];
    const { body } = await register(freshName("Carol"), { invite: token });
    const { id } = body.user;
    for (const conversation of [general, group]) {
      const added = await his.next(
        "member.added",
        (event) => event.conversation_id === conversation && event.member.user.id === id,
      );
      expect(added.member).toMatchObject({ role: "member", user: { role: "user" } });
    }
    await outside.settled();
    expect(outside.all("member.added").map((event) => event.conversation_id)).toEqual([general]);
    his.close();
    outside.close();
  });

  it("refuses a link that is not open, and keeps the use for whoever's name or address is taken", async () => {
    const { id, token } = await newInvite(ada, group, { uses_max: 1 });
    for (const invite of ["nonsense", token.slice(0, -1), token.slice(0, 22)]) {
      const username = freshName("Carol");
      await expectRefused(await register(username, { invite }), 404, "invite_not_found", username);
      expect((await register("Ben", { invite })).body.code).toBe("invite_not_found");
    }
    expect((await register("ben", { invite: token })).body.code).toBe("username_taken");
    const username = freshName("Carol");
    const taken = await register(username, { invite: token, email: "ben@example.org" });
    await expectRefused(taken, 409, "email_taken", username);
    expect([await usesOf(id), await server.db.inviteUse.count({ where: { invite_id: id } })]).toEqual([0, 0]);
  });

  it.each([null, 1, true, [], {}, "", "x".repeat(101), "a\u0000b"])("refuses %j for an invite", async (invite) => {
    const username = freshName("Carol");
    const answer = await register(username, { invite });
    expect(answer.body.errors?.[0].field).toBe("invite");
    await expectRefused(answer, 400, "request_invalid", username);
  });

  it("takes a form with the invite in a hidden field", async () => {
    const { id, token } = await newInvite(ada, group);
    const username = freshName("Emil");
    const fields = { username, email: `${username.replace(" ", "")}@example.org`, password: PASSWORD, invite: token };
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await new TestClient(server.url).post("/register", new URLSearchParams(fields).toString(), form);
    expect([answer.status, answer.headers.get("location"), await usesOf(id)]).toEqual([303, "/login", 1]);
  });
});

describe("POST /register without an invite", () => {
  it("is as ever where registration is open", async () => {
    await choose("open");
    const username = freshName("Carol");
    expect((await register(username)).status).toBe(201);
    expect(await conversationsOf(username)).toEqual(new Set([general]));
  });

  it("is refused where it takes one", async () => {
    await choose("invite");
    const username = freshName("Carol");
    await expectRefused(await register(username), 403, "invite_required", username);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const fields = new URLSearchParams({ username, email: "carol@example.org", password: PASSWORD }).toString();
    const answer = await new TestClient(server.url).post("/register", fields, form);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/register"]);
  });
});

describe("POST /register where registration is closed", () => {
  it("is refused, with the best of links too", async () => {
    const invites = [await newInvite(ada, group), await newInvite(ada, null)];
    await choose("closed");
    for (const change of [{}, ...invites.map(({ token }) => ({ invite: token })), { invite: "nonsense" }]) {
      const username = freshName("Carol");
      await expectRefused(await register(username, change), 403, "registration_closed", username);
    }
    for (const { id } of invites) expect(await usesOf(id)).toBe(0);
  });
});
