import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { newOutsider } from "../../../test/test-outsider.ts";
import { openSession } from "../sessions/sessions.ts";

// Two administrators take each other's or their own rights at the same moment. Whatever the way, one remains.

/** Enough for the two to meet between the question and the answer, were they not kept apart. */
const ROUNDS = 25;
/** So many rounds take a while on a machine that has other things to do. */
vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;
let ada: TestClient;
let ben: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
});
afterAll(() => server.stop());

/** A session without a password having been checked, which takes longer than all the rest of a round. */
async function newCookie(userId: string): Promise<string> {
  const account = await server.db.user.findUniqueOrThrow({ where: { id: userId } });
  const origin = { device: "test", address: "127.0.0.1" };
  return `confab_session=${await openSession(server.db, userId, origin, account)}`;
}

/** Both administrators again, signed in. */
async function makeBothAdministrators(): Promise<void> {
  await server.db.user.updateMany({ data: { role: "admin", deactivated_at: null } });
  for (const client of [ada, ben])
    if ((await client.get("/api/v1/me")).status !== 200) client.cookie = await newCookie(client.person.id);
}
beforeEach(makeBothAdministrators);

type Act = (by: TestClient, whose: TestClient) => ReturnType<TestClient["get"]>;
const demote: Act = (by, whose) => by.put(`/api/v1/accounts/${whose.person.id}/role`, { role: "user" });
const deactivate: Act = (by, whose) => by.post(`/api/v1/accounts/${whose.person.id}/deactivate`, {});

/** Deleting takes the time of checking a password: the other act comes sooner in one round and later in another. */
async function afterRequests(count: number, act: () => ReturnType<Act>): ReturnType<Act> {
  for (let sent = 0; sent < count; sent += 1) await ada.get("/api/v1/me");
  return act();
}

const remaining = () => server.db.user.count({ where: { role: "admin", deactivated_at: null } });

test.each<[string, () => [ReturnType<Act>, ReturnType<Act>]]>([
  ["demote each other", () => [demote(ada, ben), demote(ben, ada)]],
  ["deactivate each other", () => [deactivate(ada, ben), deactivate(ben, ada)]],
  ["step down", () => [demote(ada, ada), demote(ben, ben)]],
  ["deactivate themselves", () => [deactivate(ada, ada), deactivate(ben, ben)]],
  ["demote and deactivate each other", () => [demote(ada, ben), deactivate(ben, ada)]],
  ["step down and demote", () => [demote(ada, ada), demote(ada, ben)]],
])("one remains of two administrators who %s at the same moment", async (_what, acts) => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await makeBothAdministrators();
    const answers = await Promise.all(acts());
    expect(await remaining()).toBe(1);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    // The other one met the rule, or was no administrator any more when it came to be asked.
    for (const { status, body } of answers)
      if (status !== 200) expect(["last_administrator", "role_insufficient", "sign_in_required"]).toContain(body.code);
  }
});

test("one remains of two of whom one demotes the other, who deletes the own account at the same moment", async () => {
  const { password_hash } = await server.db.user.findUniqueOrThrow({ where: { id: ada.person.id } });
  for (let round = 0; round < ROUNDS; round += 1) {
    await makeBothAdministrators();
    const carol = await newOutsider(server, `Carol ${round}`);
    await server.db.user.update({ where: { id: carol.person.id }, data: { role: "admin", password_hash } });
    await server.db.user.update({ where: { id: ben.person.id }, data: { role: "user" } });
    const [deleted, demoted] = await Promise.all([
      carol.post("/api/v1/me/delete", { username: carol.person.username, password: PASSWORD }),
      afterRequests(round % 6, () => demote(carol, ada)),
    ]);
    expect(await remaining()).toBe(1);
    expect([demoted.status, deleted.status].filter((status) => status < 300)).toHaveLength(1);
    await server.db.user.deleteMany({ where: { username_key: { notIn: ["ada", "ben"] } } });
  }
});

test("whoever has never set a password is not another administrator, until they have", async () => {
  await demote(ada, ben);
  const account = { username: "Dora", email: "dora@example.org", role: "admin" };
  const { token } = (await ada.post("/api/v1/accounts", account)).body.password_reset;
  const deleteMe: Act = (by) => by.post("/api/v1/me/delete", { username: by.person.username, password: PASSWORD });
  for (const act of [demote, deactivate, deleteMe]) {
    const { status, body } = await act(ada, ada);
    expect([status, body.code]).toEqual([409, "last_administrator"]);
  }
  expect((await ada.get("/api/v1/me")).body.me.role).toBe("admin");

  const dora = new TestClient(server.url);
  await dora.post("/api/v1/reset-password", { token, password: PASSWORD });
  await dora.post("/login", { username: "Dora", password: PASSWORD });
  expect((await demote(ada, ada)).status).toBe(200);
  expect((await dora.get("/api/v1/accounts")).status).toBe(200);
});
