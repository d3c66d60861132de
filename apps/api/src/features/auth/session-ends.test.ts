import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendRaw } from "../../../test/raw-http.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import {
  freshName,
  newAdministrator,
  newGuest,
  newUser,
  PASSWORD,
  type TestClient,
} from "../../../test/test-client.ts";
import { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let admin: TestClient;

beforeAll(async () => {
  server = await startServer();
  admin = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

/** What a right that was lost must mean, at every door. */
async function expectSignedOut(client: TestClient): Promise<void> {
  const cookie = client.cookie ?? "";
  const me = await client.get("/api/v1/me");
  expect([me.status, me.body.code]).toEqual([401, "sign_in_required"]);
  const page = await client.get("/conversations");
  expect([page.status, page.headers.get("location")]).toEqual([302, "/login?next=%2Fconversations"]);
  expect((await client.get("/login")).status).toBe(200);
  expect(await TestSocket.refusal(server.url, { cookie, origin: server.url })).toBe(401);
}

/** What is done here goes past this node, as if another had done it: the promise is two seconds. */
const WITHIN_MS = 2_000;

async function expectClosedSoon(socket: TestSocket, act: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await act();
  expect(await socket.closed()).toBe(4401);
  expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
}

async function isUseNoted({ person }: TestClient): Promise<boolean | undefined> {
  const [used] = await server.db.$queryRaw<{ is_recent: boolean }[]>`
    SELECT last_used_at > now() - interval '1 minute' AS is_recent FROM sessions WHERE user_id = ${person.id}::uuid`;
  return used?.is_recent;
}

const expireIn = ({ person }: TestClient, milliseconds: number) => server.db.$executeRaw`
  UPDATE users SET expires_at = now() + make_interval(secs => ${milliseconds / 1_000}::float8)
   WHERE id = ${person.id}::uuid`;

describe("a guest whose time is up", () => {
  it("is signed out everywhere, and the open socket is closed", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const socket = await carol.connect();
    await expectClosedSoon(socket, () => expireIn(carol, 0));
    await expectSignedOut(carol);
  });

  it("is cut off at that moment, without waiting until the server looks at all sockets anyway", async () => {
    const [probe, carol] = [
      await newGuest(server.url, freshName("Probe")),
      await newGuest(server.url, freshName("Carol")),
    ];
    const probed = await probe.connect();
    await expireIn(probe, 0);
    await probed.closed();
    // It has just looked, and looks again in a second and in two: what ends soon after the first would wait for the second.
    await expireIn(carol, 1_100);
    const expiresAt = performance.now() + 1_100;
    const socket = await carol.connect();
    expect(await socket.closed()).toBe(4401);
    expect(performance.now() - expiresAt).toBeLessThan(700);
    await expectSignedOut(carol);
  });

  it("is let in until that moment", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const socket = await carol.connect();
    await expireIn(carol, 60_000);
    expect((await carol.get("/api/v1/me")).status).toBe(200);
    await socket.settled();
    expect(socket.closeCode).toBeNull();
    socket.close();
  });
});

describe("a deactivated account", () => {
  it("is signed out everywhere, its sockets are closed, and it cannot sign in", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const carol = await (await newUser(server.url, freshName("Carol"))).connect();
    const socket = await ben.connect();
    await expectClosedSoon(socket, () =>
      server.db.user.update({ where: { id: ben.person.id }, data: { deactivated_at: new Date() } }),
    );
    await expectSignedOut(ben);
    const again = await ben.post("/login", { username: ben.person.username, password: PASSWORD });
    expect([again.status, again.body.code]).toEqual([401, "password_wrong"]);
    await carol.settled();
    expect(carol.closeCode).toBeNull();
    carol.close();
  });
});

describe("the look at open sockets", () => {
  const inTwoSeconds = "now() + interval '2 seconds'";

  it.each([
    ["a session", `UPDATE sessions SET expires_at = ${inTwoSeconds} WHERE user_id = $1::uuid`],
    ["an account", `UPDATE users SET expires_at = ${inTwoSeconds} WHERE id = $1::uuid`],
  ])("finds %s whose time is up, although nothing is written at that moment", async (_what, setEnd) => {
    const ben = await newUser(server.url, freshName("Ben"));
    const socket = await ben.connect();
    const startedAt = performance.now();
    await server.db.$executeRawUnsafe(setEnd, ben.person.id);
    await server.db.accountChange.deleteMany();
    expect(await socket.closed()).toBe(4401);
    expect(performance.now() - startedAt).toBeLessThan(2_000 + WITHIN_MS);
  });

  it("finds what was committed after it had looked at what was changed later", async () => {
    const [ben, carol] = [await newUser(server.url, freshName("Ben")), await newUser(server.url, freshName("Carol"))];
    const [bens, carols] = [await ben.connect(), await carol.connect()];
    await server.db.$transaction(async (tx) => {
      await tx.user.update({ where: { id: ben.person.id }, data: { deactivated_at: new Date() } });
      await server.db.session.deleteMany({ where: { user_id: carol.person.id } });
      await carols.closed();
    });
    await expectClosedSoon(bens, async () => undefined);
  });
});

describe("a right that is lost while a request is on its way", () => {
  /** An administrator whose session has not been used for a while: its next use is noted when it is read who asks. */
  async function newIdleAdministrator(): Promise<TestClient> {
    const ben = await newUser(server.url, freshName("Ben"));
    expect((await admin.put(accountPath(ben, "/role"), { role: "admin" })).status).toBe(200);
    await server.db.$executeRaw`
      UPDATE sessions SET last_used_at = now() - interval '10 minutes' WHERE user_id = ${ben.person.id}::uuid`;
    return ben;
  }

  const accountPath = ({ person }: TestClient, act: string) => `/api/v1/accounts/${person.id}${act}`;
  const lifetime = async () => (await admin.get("/api/v1/workspace")).body.guest_ttl_hours;

  it.each<[string, (whose: TestClient) => ReturnType<TestClient["get"]>, number, string]>([
    ["deactivated", (ben) => admin.post(accountPath(ben, "/deactivate"), {}), 401, "sign_in_required"],
    ["signed out", (ben) => admin.send("DELETE", accountPath(ben, "/sessions")), 401, "sign_in_required"],
    ["demoted", (ben) => admin.put(accountPath(ben, "/role"), { role: "user" }), 403, "role_insufficient"],
  ])("is lost to it, too: %s between the headers and the end of the body", async (_what, loseRight, status, code) => {
    const [ben, before] = [await newIdleAdministrator(), await lifetime()];
    const body = JSON.stringify({ guest_ttl_hours: before + 1 });
    const head = `PATCH /api/v1/workspace HTTP/1.1\r\nHost: confab\r\nConnection: close\r\nCookie: ${ben.cookie}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const answer = await sendRaw(server.url, head + body.slice(0, 5), async () => {
      await expect.poll(() => isUseNoted(ben)).toBe(true);
      expect((await loseRight(ben)).status).toBeLessThan(300);
      return body.slice(5);
    });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([status, code]);
    expect(await lifetime()).toBe(before);
  });
});

describe("an open socket", () => {
  it.each([
    ["role", { role: "admin" as const }],
    ["name", { username: freshName("Benjamin") }],
  ])(
    "is closed when somebody's %s is changed past this node, and opened anew for what they are now",
    async (_what, data) => {
      const [ben, carol] = [await newUser(server.url, freshName("Ben")), await newUser(server.url, freshName("Carol"))];
      const [bens, carols] = [await ben.connect(), await carol.connect()];
      await server.db.user.update({ where: { id: ben.person.id }, data });
      expect(await bens.closed()).toBe(4403);
      const again = await ben.connect();
      // Looked at, too, and as it should be.
      await server.db.accountChange.createMany({
        data: [ben, carol].map(({ person }) => ({ at: new Date(), user_id: person.id })),
      });
      const ada = await newUser(server.url, freshName("Ada"));
      const adas = await ada.connect();
      await expectClosedSoon(adas, () => server.db.session.deleteMany({ where: { user_id: ada.person.id } }));
      expect([again.closeCode, carols.closeCode]).toEqual([null, null]);
      for (const socket of [again, carols]) socket.close();
    },
  );

  it("is use of its session, which is noted once an hour", async () => {
    const [ben, carol] = [await newUser(server.url, freshName("Ben")), await newUser(server.url, freshName("Carol"))];
    const sockets = [await ben.connect(), await carol.connect()];
    const usedBefore = ({ person }: TestClient, minutes: number) => server.db.$executeRaw`
      UPDATE sessions SET last_used_at = now() - make_interval(mins => ${minutes}::int) WHERE user_id = ${person.id}::uuid`;
    await usedBefore(ben, 61);
    await usedBefore(carol, 59);
    // As after a change of theirs: the minute in which all are looked at need not pass.
    await server.db.accountChange.createMany({
      data: [ben, carol].map(({ person }) => ({ at: new Date(), user_id: person.id })),
    });
    await expect.poll(() => isUseNoted(ben), { timeout: WITHIN_MS }).toBe(true);
    expect(await isUseNoted(carol)).toBe(false);
    for (const socket of sockets) socket.close();
  });
});

describe("a session", () => {
  it("that was ended elsewhere closes its sockets", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const socket = await ben.connect();
    await expectClosedSoon(socket, () => server.db.session.deleteMany({ where: { user_id: ben.person.id } }));
    await expectSignedOut(ben);
  });

  it("that has ended is not obeyed any more, even by a socket that does not let itself be closed", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const carol = await newUser(server.url, freshName("Carol"));
    const general: string = (await carol.get("/api/v1/conversations")).body.conversations[0].id;
    const socket = await ben.connect();
    // Deaf to the close frame, but not mute.
    socket.socket.pause();
    await ben.post("/logout", {});
    socket.send({ type: "message.create", conversation_id: general, id: newId(), content: "too late" });
    socket.socket.resume();
    expect(await socket.closed()).toBe(4401);
    // Written in the order of arrival: once Carol's is there, an obeyed one of Ben's would be there too.
    await carol.post(`/api/v1/conversations/${general}/messages`, { id: newId(), content: "after it" });
    const { messages } = (await carol.get(`/api/v1/conversations/${general}/messages`)).body;
    expect(messages.map((message: { content: string }) => message.content)).toEqual(["after it"]);
  });

  it("that is past its last day is over", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const socket = await ben.connect();
    await expectClosedSoon(
      socket,
      () => server.db.$executeRaw`UPDATE sessions SET expires_at = now() WHERE user_id = ${ben.person.id}::uuid`,
    );
    await expectSignedOut(ben);
  });

  it("that nobody used for a week is over", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    await server.db.$executeRaw`
      UPDATE sessions SET last_used_at = now() - interval '7 days 1 second' WHERE user_id = ${ben.person.id}::uuid`;
    await expectSignedOut(ben);
  });

  it("that is used within the week goes on, and its use is noted", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    await server.db.$executeRaw`
      UPDATE sessions SET last_used_at = now() - interval '6 days 23 hours' WHERE user_id = ${ben.person.id}::uuid`;
    expect((await ben.get("/api/v1/me")).status).toBe(200);
    expect(await isUseNoted(ben)).toBe(true);
  });

  it("has the rights its account has now, not those of its beginning", async () => {
    expect((await admin.get("/api/v1/accounts")).status).toBe(200);
    await server.db.user.update({ where: { id: admin.person.id }, data: { role: "user" } });
    const refused = await admin.get("/api/v1/accounts");
    expect([refused.status, refused.body.code]).toEqual([403, "role_insufficient"]);
    expect((await admin.get("/users")).status).toBe(403);
    expect((await admin.get("/api/v1/me")).body.me.can).toEqual({
      start_direct: true,
      create_group: false,
      list_users: true,
      manage_workspace: false,
      claim_account: false,
    });
  });
});
