import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { generalOf, messageCommand, newGroup, say } from "../../../test/test-conversation.ts";
import { checkStatus, newTokens, refresh } from "../../../test/test-program.ts";
import { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

const deactivate = (by: TestClient, id: string) => by.post(`/api/v1/accounts/${id}/deactivate`, {});
const reactivate = (by: TestClient, id: string) => by.post(`/api/v1/accounts/${id}/reactivate`, {});
const notedOf = (id: string) => server.db.auditEvent.findMany({ where: { user_id: id }, orderBy: { id: "asc" } });

describe("POST /api/v1/accounts/:id/deactivate", () => {
  it("signs the person out everywhere, and closes the open sockets within a second and nobody else's", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const carol = await (await newUser(server.url, freshName("Carol"))).connect();
    const [first, second] = [await ben.connect(), await ben.connect()];
    const { status, body } = await deactivate(ada, ben.person.id);
    const doneAt = performance.now();
    expect(await Promise.all([first.closed(), second.closed()])).toEqual([4401, 4401]);
    expect(performance.now() - doneAt).toBeLessThan(1_000);

    expect([status, body.account]).toMatchObject([200, { ...ben.person, session_count: 0, last_used_at: null }]);
    expect(Date.parse(body.account.deactivated_at)).toBeLessThanOrEqual(Date.now());
    expect((await ben.get("/api/v1/me")).body.code).toBe("sign_in_required");
    expect(await TestSocket.refusal(server.url, { cookie: ben.cookie ?? "", origin: server.url })).toBe(401);
    expect(await server.db.session.count({ where: { user_id: ben.person.id } })).toBe(0);
    await carol.settled();
    expect(carol.closeCode).toBeNull();
    carol.close();
  });

  it("lets the person in no more: no password, no token, no refresh, no link", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const tokens = await newTokens(server.url, ben.person.username);
    const link = (await ada.post(`/api/v1/accounts/${ben.person.id}/password-reset`, {})).body.password_reset;
    expect(await checkStatus(server.url, tokens.access_token)).toBe(200);
    await deactivate(ada, ben.person.id);

    const anybody = new TestClient(server.url);
    const credentials = { username: ben.person.username, password: PASSWORD };
    expect((await anybody.post("/login", credentials)).body.code).toBe("password_wrong");
    expect((await anybody.post("/token", credentials)).status).toBe(401);
    expect(await checkStatus(server.url, tokens.access_token)).toBe(401);
    expect((await refresh(server.url, tokens.refresh_token)).status).toBe(401);
    const reset = () => anybody.post("/api/v1/reset-password", { token: link.token, password: PASSWORD });
    expect((await reset()).body.code).toBe("password_reset_invalid");
    // Nor the day the account is reactivated.
    await reactivate(ada, ben.person.id);
    expect((await reset()).body.code).toBe("password_reset_invalid");
  });

  it("obeys nothing an open socket still says, and tells it nothing more", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const general = (await generalOf(ada)).id;
    const socket = await ben.connect();
    // Deaf to the close frame, but not mute.
    socket.socket.pause();
    await deactivate(ada, ben.person.id);
    socket.send(messageCommand(general, "too late"));
    await say(ada, general, "not for Ben");
    socket.socket.resume();
    expect(await socket.closed()).toBe(4401);
    expect(socket.all("message.created")).toEqual([]);
    const { messages } = (await ada.get(`/api/v1/conversations/${general}/messages`)).body;
    expect(messages.map((message: { content: string }) => message.content)).toEqual(["not for Ben"]);
  });

  it("leaves the places and messages of the person where they are", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const group = await newGroup(ada, "With Ben", [ben]);
    await say(ben, group, "still here");
    await deactivate(ada, ben.person.id);
    const { members } = (await ada.get(`/api/v1/conversations/${group}/members`)).body;
    expect(members).toContainEqual(expect.objectContaining({ user: ben.person }));
    expect((await ada.get(`/api/v1/conversations/${group}/messages`)).body.messages).toMatchObject([
      { content: "still here", sender: ben.person },
    ]);
  });

  it("changes and notes nothing the second time", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const { account } = (await deactivate(ada, ben.person.id)).body;
    const again = await deactivate(ada, ben.person.id);
    expect([again.status, again.body]).toEqual([200, { account }]);
    expect(await notedOf(ben.person.id)).toMatchObject([
      {
        action: "account.deactivated",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { name: ben.person.username },
      },
    ]);
  });

  it("happens once when asked for twice at the same moment", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const answers = await Promise.all([1, 2, 3].map(() => deactivate(ada, ben.person.id)));
    expect(new Set(answers.map((answer) => answer.body.account.deactivated_at)).size).toBe(1);
    expect(await notedOf(ben.person.id)).toHaveLength(1);
  });

  it("never takes the last administrator", async () => {
    const second = await newUser(server.url, freshName("Second"));
    await ada.put(`/api/v1/accounts/${second.person.id}/role`, { role: "admin" });
    // Oneself, as long as another one remains.
    expect((await deactivate(second, second.person.id)).body.account.deactivated_at).not.toBeNull();
    expect((await second.get("/api/v1/me")).status).toBe(401);

    const { status, body } = await deactivate(ada, ada.person.id);
    expect([status, body.code]).toEqual([409, "last_administrator"]);
    expect((await ada.get("/api/v1/accounts")).status).toBe(200);
    expect((await notedOf(ada.person.id)).map((noted) => noted.action)).not.toContain("account.deactivated");
  });

  it("is for guests, too, whose time goes on running out", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const { account } = (await deactivate(ada, carol.person.id)).body;
    expect(account).toMatchObject({ ...carol.person, deactivated_at: expect.any(String) });
    expect((await carol.get("/api/v1/me")).status).toBe(401);
    expect(account.expires_at).not.toBeNull();
  });
});

describe("POST /api/v1/accounts/:id/reactivate", () => {
  it("lets the person in again, with places as before, but opens no session that has ended", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const tokens = await newTokens(server.url, ben.person.username);
    const group = await newGroup(ada, "With Ben", [ben]);
    await deactivate(ada, ben.person.id);
    const { status, body } = await reactivate(ada, ben.person.id);
    expect([status, body.account]).toMatchObject([200, { ...ben.person, deactivated_at: null, session_count: 0 }]);

    expect((await ben.get("/api/v1/me")).status).toBe(401);
    expect((await refresh(server.url, tokens.refresh_token)).status).toBe(401);
    expect((await ben.post("/login", { username: ben.person.username, password: PASSWORD })).status).toBe(200);
    expect((await ben.get(`/api/v1/conversations/${group}`)).status).toBe(200);
  });

  it("changes and notes nothing for an account that is active", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    await deactivate(ada, ben.person.id);
    await Promise.all([reactivate(ada, ben.person.id), reactivate(ada, ben.person.id)]);
    expect((await reactivate(ada, ben.person.id)).status).toBe(200);
    expect((await notedOf(ben.person.id)).map((noted) => noted.action)).toEqual([
      "account.deactivated",
      "account.reactivated",
    ]);
    expect((await reactivate(ada, ada.person.id)).body.account.id).toBe(ada.person.id);
  });
});

describe.each(["deactivate", "reactivate"])("%s", (act) => {
  it("is impossible for whoever is not there", async () => {
    const deleted = await newUser(server.url, freshName("Deleted"));
    const now = new Date();
    await server.db.user.update({ where: { id: deleted.person.id }, data: { deactivated_at: now, deleted_at: now } });
    for (const id of [deleted.person.id, newId()]) {
      const { status, body } = await ada.post(`/api/v1/accounts/${id}/${act}`, {});
      expect([status, body.code]).toEqual([404, "user_not_found"]);
    }
    const stored = await server.db.user.findUnique({ where: { id: deleted.person.id } });
    expect(stored?.deactivated_at).toEqual(now);
  });
});
