import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { readConfig } from "../../core/config.ts";
import { prepareWorkspace } from "./workspace.service.ts";

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

function setUp(token: string | null, username = "Ada", client = new TestClient(server.url)) {
  const email = `${username.toLowerCase().replaceAll(" ", ".")}@example.org`;
  return client.post("/api/v1/setup", { username, email, password: PASSWORD, token });
}

/** The same database as the server's, started again with other settings. */
function startAgain(environment: Record<string, string> = {}): Promise<string | null> {
  const config = readConfig({ DATABASE_URL: server.config.databaseUrl, ...environment });
  return prepareWorkspace({ db: server.db, config });
}

const ADMIN = { ADMIN_USERNAME: "Ben", ADMIN_EMAIL: "Ben@Example.org", ADMIN_PASSWORD: PASSWORD };

const noted = () => server.db.auditEvent.findMany();
const administrators = () => server.db.user.findMany({ where: { role: "admin" } });

describe("POST /api/v1/setup", () => {
  it("makes the first administrator, signed in, who owns General", async () => {
    const ada = new TestClient(server.url);
    const answer = await setUp(server.setupToken, "Ada", ada);

    expect(answer.status).toBe(201);
    expect(answer.body.me).toMatchObject({
      username: "Ada",
      email: "ada@example.org",
      role: "admin",
      expires_at: null,
    });
    expect(answer.body.me.can).toEqual({
      start_direct: true,
      create_group: true,
      list_users: true,
      manage_workspace: true,
      claim_account: false,
    });
    expect((await ada.get("/api/v1/me")).body.me).toEqual(answer.body.me);
    const { conversations } = (await ada.get("/api/v1/conversations")).body;
    expect(conversations).toHaveLength(1);
    expect(conversations[0]).toMatchObject({
      name: "General",
      role: "owner",
      owner_id: answer.body.me.id,
      member_count: 1,
    });
  });

  it("is noted as done by that administrator, from where, with no secret", async () => {
    const { person } = await newAdministrator(server, "Ada");
    const by = { actor_id: person.id, user_id: person.id, address: "127.0.0.1" };
    expect(await noted()).toMatchObject([{ action: "workspace.set_up", ...by, details: { name: "Ada" } }]);
    expect(JSON.stringify(await noted())).not.toContain(server.setupToken);
  });

  it("tells those who were in General already", async () => {
    const ben = await (await newUser(server.url, "Ben")).connect();
    const { body } = await setUp(server.setupToken);
    const added = await ben.next("member.added", (event) => event.member.user.id === body.me.id);
    expect(added.member.user).toEqual({ id: body.me.id, username: "Ada", role: "admin" });
    ben.close();
  });

  it("works once: the same link again is 403, and makes nobody", async () => {
    await newAdministrator(server, "Ada");
    const again = await setUp(server.setupToken, "Mallory");

    expect([again.status, again.body.code]).toEqual([403, "setup_link_invalid"]);
    expect(again.headers.get("set-cookie")).toBeNull();
    expect([await server.db.user.count(), (await noted()).length]).toEqual([1, 1]);
  });

  it("gives one administrator to five who use the link at once", async () => {
    const names = ["Ada", "Ben", "Carol", "Dan", "Eve"];
    const answers = await Promise.all(names.map((name) => setUp(server.setupToken, name)));

    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 403, 403, 403, 403]);
    expect(await administrators()).toHaveLength(1);
    expect(await server.db.user.count()).toBe(1);
    const general = await server.db.conversation.findFirstOrThrow({ where: { joined_by_everyone: true } });
    expect(general.member_count).toBe(1);
  });

  it.each([
    ["another token", "not the token"],
    ["the token in other case", "upper"],
    ["the stored hash", "hash"],
  ])("refuses %s: 403, nothing stored, and the right one still works", async (_what, kind) => {
    const [stored] = await server.db.setting.findMany({ where: { key: "setup_token_hash" } });
    const token = { upper: server.setupToken?.toUpperCase(), hash: String(stored?.value) }[kind] ?? kind;
    const refused = await setUp(token, "Mallory");

    expect([refused.status, refused.body.code]).toEqual([403, "setup_link_invalid"]);
    expect(await server.db.user.count()).toBe(0);
    expect((await setUp(server.setupToken)).status).toBe(201);
  });

  it("refuses a link that was left behind when there is an administrator already, and makes nobody", async () => {
    const ben = await newUser(server.url, "Ben");
    await server.db.user.update({ where: { id: ben.person.id }, data: { role: "admin" } });
    expect(await setUp(server.setupToken)).toMatchObject({ status: 403, body: { code: "setup_link_invalid" } });
    expect(await administrators()).toMatchObject([{ id: ben.person.id }]);
  });

  it("does not say to somebody without the token whether a name is taken", async () => {
    await newUser(server.url, "Ben");
    expect((await setUp("not the token", "Ben")).body.code).toBe("setup_link_invalid");
  });

  it("keeps the link when the name is taken already, so that another can be chosen", async () => {
    await newUser(server.url, "Ben");
    const taken = await setUp(server.setupToken, "ben");
    expect([taken.status, taken.body.code]).toEqual([409, "username_taken"]);
    expect((await setUp(server.setupToken, "Ada")).status).toBe(201);
  });

  it("stores no more of the token than its hash", async () => {
    const rows = await server.db.$queryRaw<{ text: string }[]>`SELECT s::text AS text FROM settings s`;
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) expect(text).not.toContain(server.setupToken);
  });
});

describe("starting", () => {
  it("prints another link while there is no administrator, and the one before is void", async () => {
    const next = await startAgain();
    expect(next).not.toBe(server.setupToken);
    expect((await setUp(server.setupToken)).status).toBe(403);
    expect((await setUp(next)).status).toBe(201);
  });

  it("prints none once there is one", async () => {
    await newAdministrator(server, "Ada");
    expect(await startAgain()).toBeNull();
    expect((await new TestClient(server.url).get("/api/v1/workspace")).body.setup_needed).toBe(false);
  });

  it("makes the administrator of the ADMIN_ settings, who can sign in and owns General", async () => {
    expect(await startAgain(ADMIN)).toBeNull();
    const ben = new TestClient(server.url);
    const answer = await ben.post("/login", { email: "ben@example.org", password: PASSWORD });

    expect(answer.body.user).toMatchObject({ username: "Ben", email: "ben@example.org", role: "admin" });
    const { conversations } = (await ben.get("/api/v1/conversations")).body;
    expect(conversations[0]).toMatchObject({ name: "General", role: "owner", owner_id: answer.body.user.id });
  });

  it("notes the administrator of the ADMIN_ settings as the server's doing, with no password", async () => {
    await startAgain(ADMIN);
    const [ben] = await administrators();
    expect(await noted()).toMatchObject([
      { action: "workspace.set_up", actor_id: null, user_id: ben?.id, address: null, details: { name: "Ben" } },
    ]);
    expect(JSON.stringify(await noted())).not.toMatch(/password|argon2/);
    await startAgain(ADMIN);
    expect(await noted()).toHaveLength(1);
  });

  it("voids a link that was printed before the ADMIN_ settings came", async () => {
    await startAgain(ADMIN);
    const late = await setUp(server.setupToken, "Mallory");
    expect([late.status, late.body.code]).toEqual([403, "setup_link_invalid"]);
    expect((await administrators()).map((admin) => admin.username)).toEqual(["Ben"]);
  });

  it("leaves administrator and password alone when the ADMIN_ settings come or change later", async () => {
    await newAdministrator(server, "Ada");
    await startAgain(ADMIN);
    await startAgain({ ...ADMIN, ADMIN_USERNAME: "Ada", ADMIN_PASSWORD: "quite another password" });

    expect((await administrators()).map((admin) => admin.username)).toEqual(["Ada"]);
    const ada = new TestClient(server.url);
    expect((await ada.post("/login", { username: "Ada", password: PASSWORD })).status).toBe(200);
  });

  it("makes General once and one administrator, however many nodes start at the same moment", async () => {
    await Promise.all(Array.from({ length: 8 }, () => startAgain(ADMIN)));

    expect(await server.db.conversation.count()).toBe(1);
    expect(await administrators()).toHaveLength(1);
    expect(await server.db.conversationMember.count()).toBe(1);
    expect(await noted()).toHaveLength(1);
  });

  it("leaves one valid link when many nodes start at the same moment", async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => startAgain()));
    const answers = await Promise.all(tokens.map((token, index) => setUp(token, `Ada ${index}`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(7).fill(403)]);
    expect(await server.db.conversation.count()).toBe(1);
  });
});

describe("GET /api/v1/workspace", () => {
  it("tells anybody what a sign-in page needs, and no more", async () => {
    const answer = await new TestClient(server.url).get("/api/v1/workspace");
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      registration: "open",
      guests: true,
      guest_ttl_hours: 24,
      group_creation: "admins",
      setup_needed: true,
      ws_url: null,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
  });
});
