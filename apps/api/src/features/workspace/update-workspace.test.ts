import { newId } from "@confab/shared/ids";
import type { WorkspaceSettings } from "@confab/shared/workspace";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSecondNode } from "../../../test/second-node.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import {
  type Answer,
  freshName,
  newAdministrator,
  newGuest,
  newUser,
  PASSWORD,
  TestClient,
} from "../../../test/test-client.ts";

let server: TestServer;
let second: Awaited<ReturnType<typeof startSecondNode>>;
let ada: TestClient;
let ben: TestClient;

/** What the environment says. */
const ENVIRONMENT = { REGISTRATION: "open", GUESTS: "on", GUEST_TTL_HOURS: "1.5" };
const AT_FIRST: WorkspaceSettings = {
  registration: "open",
  guests: true,
  guest_ttl_hours: 1.5,
  group_creation: "admins",
};

beforeAll(async () => {
  server = await startServer(ENVIRONMENT);
  second = await startSecondNode(server);
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
});
afterAll(async () => {
  await second.stop();
  await server.stop();
});

const update = (body: unknown, client = ada) => client.send("PATCH", "/api/v1/workspace", body);
const stored = () => server.db.setting.findUnique({ where: { key: "workspace" } });
const audits = () => server.db.auditEvent.findMany({ where: { action: "workspace.updated" }, orderBy: { id: "asc" } });

async function seenBy(url: string): Promise<WorkspaceSettings> {
  const { registration, guests, guest_ttl_hours, group_creation } = (await new TestClient(url).get("/api/v1/workspace"))
    .body;
  return { registration, guests, guest_ttl_hours, group_creation };
}

beforeEach(async () => {
  await server.db.setting.deleteMany({ where: { key: "workspace" } });
  await server.db.auditEvent.deleteMany({ where: { action: "workspace.updated" } });
});

describe("PATCH /api/v1/workspace", () => {
  it("answers with the workspace as it is now, what was not named as it was", async () => {
    expect(await seenBy(server.url)).toEqual(AT_FIRST);
    const { status, body } = await update({ registration: "invite", guest_ttl_hours: 72 });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...AT_FIRST,
      registration: "invite",
      guest_ttl_hours: 72,
      setup_needed: false,
      ws_url: null,
      version: expect.any(String),
    });
    expect((await new TestClient(server.url).get("/api/v1/workspace")).body).toEqual(body);
    expect((await update({ guests: false })).body).toMatchObject({ registration: "invite", guests: false });
  });

  it("is known to every node at once, and wins over the environment from then on", async () => {
    await update({ guests: true, registration: "closed" });
    const chosen = { ...AT_FIRST, registration: "closed" };
    expect([await seenBy(server.url), await seenBy(second.url)]).toEqual([chosen, chosen]);
    const other = { ...server, config: { ...server.config, guests: false, registration: "open", guestTtlHours: 9 } };
    const third = await startSecondNode(other as TestServer);
    // Chosen, though it was no change; not chosen, and so still the environment's.
    expect(await seenBy(third.url)).toEqual({ ...chosen, guest_ttl_hours: 9 });
    await third.stop();
  });

  it("notes who changed what from what to what, and nothing when nothing is another", async () => {
    await update({ guests: false, registration: "open", group_creation: "users" });
    await update({ guests: false });
    await update({ guest_ttl_hours: 2 });
    expect(await audits()).toMatchObject([
      {
        actor_id: ada.person.id,
        address: "127.0.0.1",
        user_id: null,
        conversation_id: null,
        details: { guests: { from: true, to: false }, group_creation: { from: "admins", to: "users" } },
      },
      { details: { guest_ttl_hours: { from: 1.5, to: 2 } } },
    ]);
    expect(Object.keys((await audits())[0]?.details ?? {})).toHaveLength(2);
  });

  it("notes a chain without a break when two change the same at once", async () => {
    const hours = Array.from({ length: 8 }, (_, n) => n + 2);
    const answers = await Promise.all(hours.map((guest_ttl_hours) => update({ guest_ttl_hours })));
    expect(answers.map(({ status }) => status)).toEqual(hours.map(() => 200));
    const steps = await server.db.$queryRaw<{ from: number; to: number }[]>`
      SELECT (details #>> '{guest_ttl_hours,from}')::float8 AS "from", (details #>> '{guest_ttl_hours,to}')::float8 AS "to"
        FROM audit_events WHERE action = 'workspace.updated'`;
    const next = new Map(steps.map(({ from, to }) => [from, to]));
    const chain = [1.5];
    while (next.has(chain.at(-1) ?? 0)) chain.push(next.get(chain.at(-1) ?? 0) ?? 0);
    expect(chain).toHaveLength(9);
    expect((await seenBy(server.url)).guest_ttl_hours).toBe(chain.at(-1));
  });

  it("is for administrators only", async () => {
    const guest = await newGuest(server.url, freshName("Carol"));
    for (const client of [ben, guest])
      expect(await update({ guests: false }, client)).toMatchObject({
        status: 403,
        body: { code: "role_insufficient" },
      });
    expect((await update({ guests: false }, new TestClient(server.url))).status).toBe(401);
    expect([await stored(), await audits()]).toEqual([null, []]);
  });

  it.each([
    ["registration", [null, "", "OPEN", "maybe", true, 1, [], ["open"], {}, "open\u0000", "x".repeat(17_000)]],
    ["guests", [null, "on", "true", 1, 0, [], {}]],
    ["guest_ttl_hours", [null, "24", 0, -1, 8761, 1e300, true, [24], {}]],
    ["group_creation", [null, "", "everyone", "guests", true, 1, [], {}]],
    ["setup_needed", [true]],
    ["version", ["2"]],
    ["id", [newId()]],
    ["role", ["admin"]],
    ["owner_id", [newId()]],
    ["created_at", ["2026-01-01T00:00:00Z"]],
    ["token_secret", ["mine"]],
  ])("refuses a wrong %s, naming it, and changes nothing", async (field, values) => {
    for (const value of values) {
      const answer = await update({ guests: false, [field]: value });
      expect([answer.status, value]).toEqual([400, value]);
      expect(answer.body.errors[0].field).toBe(field);
    }
    expect([await stored(), await audits()]).toEqual([null, []]);
  });

  it.each([
    ["{}"],
    ["[]"],
    ["null"],
    ['"open"'],
    ['{"guests":false,"__proto__":{"guests":true}}'],
    ["{guests:1}"],
    [""],
  ])("refuses the body %s", async (body) => {
    expect((await update(body)).status).toBe(400);
    expect([await stored(), await audits()]).toEqual([null, []]);
  });
});

describe("what was chosen", () => {
  const urls = () => [server.url, second.url];
  const statuses = async (ask: (url: string) => Promise<Answer>) =>
    (await Promise.all(urls().map(ask))).map(({ status, body }) => body.code ?? status);

  const register = (url: string) => {
    const username = freshName("Dora");
    const email = `${username.replace(" ", ".")}@example.org`;
    return new TestClient(url).post("/register", { username, email, password: PASSWORD });
  };
  const enter = (url: string) => new TestClient(url).post("/guest", { username: freshName("Carol") });
  const createGroup = (client: TestClient) => (url: string) => {
    const there = new TestClient(url);
    there.cookie = client.cookie;
    return there.post("/api/v1/conversations", { kind: "group", name: "Garden", member_ids: [] });
  };
  const canOf = async (client: TestClient) => (await client.get("/api/v1/me")).body.me.can;

  it("decides at once, on every node, who makes an account", async () => {
    expect(await statuses(register)).toEqual([201, 201]);
    await update({ registration: "closed" });
    expect(await statuses(register)).toEqual(["registration_closed", "registration_closed"]);
    await update({ registration: "invite" });
    expect(await statuses(register)).toEqual(["invite_required", "invite_required"]);
    await update({ registration: "open" });
    expect(await statuses(register)).toEqual([201, 201]);
  });

  it("decides whether guests enter, and how long who enters from now on may stay", async () => {
    await update({ guests: false });
    expect(await statuses(enter)).toEqual(["guests_off", "guests_off"]);
    await update({ guests: true, guest_ttl_hours: 0.25 });
    for (const url of urls()) {
      const { status, body } = await enter(url);
      expect(status).toBe(201);
      expect(Math.abs(Date.parse(body.user.expires_at) - Date.now() - 900_000)).toBeLessThan(60_000);
    }
  });

  it("decides who creates groups, and tells each what they may", async () => {
    const guest = await newGuest(server.url, freshName("Carol"));
    expect((await canOf(ben)).create_group).toBe(false);
    expect(new Set(await statuses(createGroup(ben)))).not.toContain(201);
    await update({ group_creation: "users" });
    expect(await statuses(createGroup(ben))).toEqual([201, 201]);
    expect(await statuses(createGroup(guest))).toEqual(["role_insufficient", "role_insufficient"]);
    expect([(await canOf(ben)).create_group, (await canOf(guest)).create_group]).toEqual([true, false]);
    const formed = await ben.post("/groups/create", { name: "Kitchen", members: [] });
    expect(formed).toMatchObject({ status: 201, body: { conversation: { owner_id: ben.person.id, role: "owner" } } });
    await update({ group_creation: "admins" });
    expect(await statuses(createGroup(ben))).toEqual(["group_creation_restricted", "group_creation_restricted"]);
    expect(await statuses(createGroup(ada))).toEqual([201, 201]);
  });
});
