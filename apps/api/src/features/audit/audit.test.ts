import type { AuditEvent } from "@confab/shared/audit";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { insertGroup, newGroup } from "../../../test/test-conversation.ts";
import { recordAudit } from "../../core/audit.ts";
import { sql } from "../../core/db.ts";
import { auditPage } from "./audit.pages.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newGuest(server.url, "Carol");
});
afterAll(() => server.stop());

async function list(query = ""): Promise<{ events: AuditEvent[]; next: string | null }> {
  const answer = await ada.get(`/api/v1/audit${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Something noted at a moment of the past, by Ada about Ben unless it says otherwise. */
async function note(at: string, change: object = {}): Promise<string> {
  const id = newId();
  const data = { id, at, action: "account.role_changed", actor_id: ada.person.id, user_id: ben.person.id };
  await server.db.auditEvent.create({ data: { ...data, ...change } });
  return id;
}

const idsOf = ({ events }: { events: AuditEvent[] }) => events.map((event) => event.id);

describe("GET /api/v1/audit", () => {
  it("tells who did what, where, from where and when", async () => {
    const group = await newGroup(ada, "Garden", [ben]);
    const [event] = (await list()).events;
    expect(event).toEqual({
      id: expect.any(String),
      at: expect.stringMatching(/Z$/),
      action: "group.created",
      actor: ada.person,
      user: null,
      conversation: { id: group, name: "Garden" },
      address: "127.0.0.1",
      details: { name: "Garden", members: 2 },
    });
    expect(Math.abs(Date.parse(event?.at ?? "") - Date.now())).toBeLessThan(60_000);
  });

  it("tells whom it concerns, and that the server did what nobody did", async () => {
    await recordAudit(server.db, {
      action: "session.token_reused",
      actor_id: null,
      user_id: carol.person.id,
      address: null,
    });
    const [event] = (await list()).events;
    expect(event).toMatchObject({ actor: null, user: carol.person, conversation: null, address: null, details: null });
  });

  it("is the newest first, by the moment and then by the id, and pages to the end without a gap or a repeat", async () => {
    const moments = ["2001-01-01T00:00:00.002Z", "2001-01-01T00:00:00.001Z", "2001-01-01T00:00:00.001Z"];
    const ids = await Promise.all([...moments, ...moments].map((at) => note(at)));
    const [first, fourth, ...rest] = [ids[0], ids[3], ids[1], ids[2], ids[4], ids[5]];
    const expected = [...[first, fourth].sort().reverse(), ...rest.sort().reverse()];
    const window = "?from=2001-01-01T00:00:00Z&until=2001-01-02T00:00:00Z";
    expect(idsOf(await list(window))).toEqual(expected);

    for (const limit of [1, 2, 4, 5, 6, 7]) {
      const seen: string[] = [];
      let next: string | null = null;
      do {
        const page = await list(`${window}&limit=${limit}${next === null ? "" : `&after=${next}`}`);
        expect(page.events.length).toBeLessThanOrEqual(limit);
        seen.push(...idsOf(page));
        next = page.next;
      } while (next !== null);
      expect(seen).toEqual(expected);
    }
  });

  it("gives a hundred at a time unless asked for fewer", async () => {
    const events = Array.from({ length: 101 }, () => ({
      id: newId(),
      at: "2001-06-01T00:00:00Z",
      action: "member.left",
      actor_id: ben.person.id,
    }));
    await server.db.auditEvent.createMany({ data: events });
    const window = "?from=2001-06-01T00:00:00Z&until=2001-06-02T00:00:00Z";
    const page = await list(window);
    expect(page.events).toHaveLength(100);
    const rest = await list(`${window}&after=${page.next}`);
    expect([rest.events.length, rest.next]).toEqual([1, null]);
  });

  it("filters by act, conversation and time: from its first moment until before its last", async () => {
    const group = await insertGroup(server.db, "Kitchen", [ben.person.id]);
    const archived = await note("2002-01-01T00:00:00Z", { action: "group.archived", conversation_id: group });
    const restored = await note("2002-01-02T00:00:00Z", { action: "group.restored", conversation_id: group });
    const elsewhere = await note("2002-01-02T00:00:00Z", { action: "group.archived" });
    const window = "?from=2002-01-01T00:00:00Z&until=2002-02-01T00:00:00Z";
    expect(new Set(idsOf(await list(window)))).toEqual(new Set([archived, restored, elsewhere]));
    expect(idsOf(await list(`${window}&action=group.restored`))).toEqual([restored]);
    expect(idsOf(await list(`?conversation_id=${group}`))).toEqual([restored, archived]);
    expect(idsOf(await list(`?conversation_id=${group}&from=2002-01-02T00:00:00Z`))).toEqual([restored]);
    expect(idsOf(await list(`?conversation_id=${group}&until=2002-01-02T00:00:00Z`))).toEqual([archived]);
    expect(idsOf(await list(`?conversation_id=${newId()}`))).toEqual([]);
  });

  it("finds what somebody did and what was done to them by part of a name, whatever its case", async () => {
    const zoe = await newUser(server.url, "Zoe");
    const username = "Zoé de l'Étang";
    await server.db.user.update({
      where: { id: zoe.person.id },
      data: { username, username_key: username.toLowerCase() },
    });
    const did = await note("2003-01-01T00:00:00Z", { actor_id: zoe.person.id, user_id: null });
    const suffered = await note("2003-01-02T00:00:00Z", { user_id: zoe.person.id });
    await note("2003-01-03T00:00:00Z");
    for (const query of ["l'étang", "ZOÉ", "Zoe\u0301"])
      expect(idsOf(await list(`?query=${encodeURIComponent(query)}`))).toEqual([suffered, did]);
    // A name's own signs are no wildcards.
    for (const query of ["z%", "z_", "zoé\\"])
      expect(idsOf(await list(`?query=${encodeURIComponent(query)}`))).toEqual([]);
    const window = "from=2003-01-01T00:00:00Z&until=2003-01-04T00:00:00Z";
    expect(idsOf(await list(`?query=&${window}`))).toHaveLength(3);
  });

  it("calls a deleted group by the name it had then, a direct conversation by none, and one without a trace by none", async () => {
    const [gone, untold] = [newId(), newId()];
    const others = await note("2004-01-01T00:00:00Z", { conversation_id: gone, action: "member.added" });
    const deletion = { conversation_id: gone, action: "group.deleted", details: { name: "Cellar" } };
    const deleted = await note("2004-01-02T00:00:00Z", deletion);
    const { body } = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const direct = body.conversation.id;
    const visited = await note("2004-01-03T00:00:00Z", { conversation_id: direct, action: "conversation.visited" });
    const lost = await note("2004-01-04T00:00:00Z", { conversation_id: untold, details: { name: "Not this" } });
    const { events } = await list("?from=2004-01-01T00:00:00Z&until=2004-02-01T00:00:00Z");
    expect(events.map(({ id, conversation }) => [id, conversation])).toEqual([
      [lost, { id: untold, name: null }],
      [visited, { id: direct, name: null }],
      [deleted, { id: gone, name: "Cellar" }],
      [others, { id: gone, name: "Cellar" }],
    ]);
  });

  it("is for administrators only", async () => {
    for (const path of ["/api/v1/audit", "/api/v1/audit.csv"]) {
      for (const client of [ben, carol])
        expect(await client.get(path)).toMatchObject({ status: 403, body: { code: "role_insufficient" } });
      expect((await fetch(server.url + path)).status).toBe(401);
    }
  });

  const long = "x".repeat(300);
  const fine = `2026-01-01T00:00:00.${"1".repeat(300)}Z`;
  const otherPlace = Buffer.from(`["2026-01-01T00:00:00Z","${newId().toUpperCase()}"]`).toString("base64url");
  it.each([
    ["action", ["", "group.exploded", "member.added,member.left", "a%00"]],
    ["query", ["%00", "%ed%a0%80", long]],
    ["conversation_id", ["", "1", "'; DROP TABLE audit_events", newId().toUpperCase(), "%00"]],
    ["from", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01", "0001-01-01T00:00:00Z", "infinity", fine]],
    ["until", ["now", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00%2B01:00", "2026-01-01T00:00:00.1234567890Z"]],
    ["after", ["", "nonsense", "%00", "W10", "bnVsbA", long, otherPlace, "WyJpbmZpbml0eSIsMV0"]],
    ["limit", ["", "0", "-1", "101", "1.5", "1e1000", "many", "%00"]],
    ["id", ["1"]],
    ["__proto__", ["1"]],
    ["created_at", ["2026-01-01T00:00:00Z"]],
  ])("refuses a wrong %s, naming it", async (field, values) => {
    for (const value of values) {
      const answer = await ada.get(`/api/v1/audit?${field}=${value}`);
      expect([answer.status, value]).toEqual([400, value]);
      if (!value.startsWith("%ed")) expect(answer.body.errors[0].field).toBe(field);
    }
    const twice = await ada.get(`/api/v1/audit?${field}=a&${field}=b`);
    expect([twice.status, twice.body.errors[0].field]).toEqual([400, field]);
  });

  it("takes a moment to the nanosecond, and refuses it finer", async () => {
    const from = (digits: number) => ada.get(`/api/v1/audit?from=2026-01-01T00:00:00.${"1".repeat(digits)}Z`);
    expect((await from(9)).status).toBe(200);
    const { status, body } = await from(10);
    expect([status, body.errors[0].field]).toEqual([400, "from"]);
  });
});

describe("a log of many years", () => {
  /** What PostgreSQL would do for a page, as one text. */
  async function planOf(...page: Parameters<typeof auditPage>): Promise<string> {
    const rows = await server.db.$queryRaw<object[]>(sql`EXPLAIN ${auditPage(...page)}`);
    return rows.flatMap((row) => Object.values(row)).join("\n");
  }

  it("is read by its index alone: the first page, the next ones, and a conversation's", async () => {
    for (let from = 0; from < 100_000; from += 10_000)
      await server.db.$executeRaw`
        INSERT INTO audit_events (id, at, action, actor_id, user_id, conversation_id)
        SELECT gen_random_uuid(), now() - n * interval '1 minute', 'member.added', ${ada.person.id}::uuid,
               ${ben.person.id}::uuid, gen_random_uuid()
          FROM generate_series(${from}::int, ${from + 9_999}::int) n`;
    const [place] = await server.db.auditEvent.findMany({ orderBy: { at: "asc" }, skip: 50_000, take: 1 });
    const conversation_id = place?.conversation_id ?? "";
    // As it is right after the rows have come, and when the database has counted them.
    for (const isCounted of [false, true]) {
      if (isCounted) await server.db.$executeRaw`ANALYZE audit_events`;
      for (const page of [null, place ?? null]) {
        const plan = await planOf({}, page, 101);
        expect(plan).toContain("Index Scan Backward using audit_events_at_id_idx on audit_events e");
        expect(plan).not.toContain("Seq Scan on audit_events");
      }
      const plan = await planOf({ conversation_id }, null, 101);
      expect(plan).toContain("audit_events_conversation_id_at_idx on audit_events e");
      expect(plan).not.toContain("Seq Scan on audit_events");
    }
    expect((await list(`?conversation_id=${conversation_id}`)).events).toHaveLength(1);
  });
});
