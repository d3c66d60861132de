import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newGuest, newUser, TestClient } from "../../../test/test-client.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ GUEST_TTL_HOURS: "1.5" });
});
afterAll(() => server.stop());

describe("POST /guest", () => {
  it("answers 201 with the guest and when the time is up, signed in at once", async () => {
    const username = freshName("Carol");
    const client = new TestClient(server.url);
    const answer = await client.post("/guest", { username });

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      user: { id: expect.any(String), username, email: null, role: "guest", expires_at: expect.stringMatching(/Z$/) },
    });
    const left = Date.parse(answer.body.user.expires_at) - Date.now();
    expect(Math.abs(left - 1.5 * 3_600_000)).toBeLessThan(60_000);
    const { me } = (await client.get("/api/v1/me")).body;
    expect(me).toMatchObject({ username, role: "guest", email: null, expires_at: answer.body.user.expires_at });
    expect(me.can).toEqual({
      start_direct: false,
      create_group: false,
      list_users: false,
      manage_workspace: false,
      claim_account: true,
    });
  });

  it("lets the guest into General, and tells its members", async () => {
    const ada = await (await newUser(server.url, freshName("Ada"))).connect();
    const carol = await newGuest(server.url, freshName("Carol"));

    const added = await ada.next("member.added", (event) => event.member.user.id === carol.person.id);
    expect(added.member.user).toEqual(carol.person);
    const { conversations } = (await carol.get("/api/v1/conversations")).body;
    expect(conversations.map((each: { id: string }) => each.id)).toEqual([added.conversation_id]);
    ada.close();
  });

  it.each([
    ["a user's", (name: string) => newUser(server.url, name)],
    ["another guest's", (name: string) => newGuest(server.url, name)],
  ])("refuses %s name, in any disguise: 409 and no session", async (_whose, enter) => {
    const taken = freshName("Ada");
    await enter(taken);
    for (const username of [taken, taken.toUpperCase(), taken.replace("Ada", "Ａｄａ")]) {
      const client = new TestClient(server.url);
      const answer = await client.post("/guest", { username });
      expect([answer.status, answer.body.code]).toEqual([409, "username_taken"]);
      expect(client.cookie).toBeNull();
    }
  });

  it.each([
    ["role", "admin"],
    ["email", "carol@example.org"],
    ["password", "a long enough password"],
    ["expires_at", null],
  ])("refuses a %s of the guest's own choosing, and stores nothing", async (field, value) => {
    const before = await server.db.user.count();
    const answer = await new TestClient(server.url).post("/guest", { username: freshName("Mallory"), [field]: value });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ field, message: "is not a known field" }]);
    expect(await server.db.user.count()).toBe(before);
  });

  it("answers 403 where guests are off", async () => {
    const closed = await startServer({ GUESTS: "off" });
    try {
      const answer = await new TestClient(closed.url).post("/guest", { username: "Carol" });
      expect([answer.status, answer.body.code]).toEqual([403, "guests_off"]);
      expect(await closed.db.user.count()).toBe(0);
      expect((await new TestClient(closed.url).get("/api/v1/workspace")).body.guests).toBe(false);
    } finally {
      await closed.stop();
    }
  });
});

describe("names that stand for people who are gone", () => {
  it.each(["Guest", "GUEST", "ｇｕｅｓｔ", "Deleted user"])("%s is nobody's", async (username) => {
    const answer = await new TestClient(server.url).post("/guest", { username });
    expect([answer.status, answer.body.code]).toEqual([409, "username_taken"]);
  });
});
