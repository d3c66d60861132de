import { once } from "node:events";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { insertGroup } from "../../../test/test-conversation.ts";
import { streamAuditCsv } from "./audit-csv.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
});
afterAll(() => server.stop());

const COLUMNS = "at,action,actor,actor_id,user,user_id,conversation,conversation_id,address,details";

function ask(query = "", headers: Record<string, string> = {}): Promise<Answer> {
  return ada.get(`/api/v1/audit.csv${query}`, headers);
}

async function note(change: object): Promise<string> {
  const id = newId();
  await server.db.auditEvent.create({ data: { id, action: "group.updated", actor_id: ada.person.id, ...change } });
  return id;
}

/** The cells of a file, read as RFC 4180 says. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (const [, quoted, plain, end] of text.matchAll(pattern)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") rows.push([]);
    if (end === "") break;
  }
  rows.pop();
  return rows;
}

describe("GET /api/v1/audit.csv", () => {
  it("is a file to keep, with a name that says the day, and kept in no cache", async () => {
    const { status, headers } = await ask();
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const today = new Date().toISOString().slice(0, 10);
    expect(headers.get("content-disposition")).toBe(`attachment; filename="confab-audit-${today}.csv"`);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("holds a line of column names, and a line for each event", async () => {
    const group = await insertGroup(server.db, "Garden", [ben.person.id]);
    const at = "2001-01-01T10:20:30.456Z";
    await note({ at, user_id: ben.person.id, conversation_id: group, address: "::1", details: { name: "Garden" } });
    await note({ at: "2001-01-01T00:00:00Z", action: "member.left", actor_id: null });
    const { body } = await ask("?from=2001-01-01T00:00:00Z&until=2001-01-02T00:00:00Z");
    const [first, second] = [ada.person, ben.person].map(({ username, id }) => `${username},${id}`);
    const details = '"{""name"":""Garden""}"';
    expect(body).toBe(
      [
        COLUMNS,
        `${at},group.updated,${first},${second},Garden,${group},::1,${details}`,
        "2001-01-01T00:00:00.000Z,member.left,,,,,,,,",
        "",
      ].join("\r\n"),
    );
  });

  it.each([
    ["Salt, pepper", '"Salt, pepper"'],
    ['The "real" one', '"The ""real"" one"'],
    ["two\r\nlines", '"two\r\nlines"'],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+49", "'+49"],
    ["-1+1", "'-1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tdeep", "'\tdeep"],
    ["\rback", `"'\rback"`],
    ['=1,"2"', `"'=1,""2"""`],
    ["a=b", "a=b"],
    ["'quoted'", "'quoted'"],
    ["Büro 🌍", "Büro 🌍"],
  ])("writes %j so that it is read as it is, and run by nothing", async (name, cell) => {
    const group = await insertGroup(server.db, name, []);
    await note({ conversation_id: group });
    const { body } = await ask(`?conversation_id=${group}`);
    expect(body).toContain(`,${cell},${group},`);
    const isFormula = /^[=+\-@\t\r]/.test(name);
    expect(readCsv(body)[1]?.[6]).toBe(isFormula ? `'${name}` : name);
  });

  it("takes the filters of the list", async () => {
    const group = await insertGroup(server.db, "Kitchen", []);
    await note({ at: "2002-01-01T00:00:00Z", conversation_id: group });
    await note({ at: "2002-01-02T00:00:00Z", conversation_id: group, action: "group.archived" });
    await note({ at: "2002-01-03T00:00:00Z", conversation_id: group, actor_id: null, user_id: ben.person.id });
    const momentsWith = async (query: string) => {
      const [, ...rows] = readCsv((await ask(`?conversation_id=${group}${query}`)).body);
      return rows.map(([at]) => at?.slice(0, 10));
    };
    expect(await momentsWith("")).toEqual(["2002-01-03", "2002-01-02", "2002-01-01"]);
    expect(await momentsWith("&action=group.archived")).toEqual(["2002-01-02"]);
    expect(await momentsWith("&query=BEN")).toEqual(["2002-01-03"]);
    expect(await momentsWith("&from=2002-01-02T00:00:00Z")).toEqual(["2002-01-03", "2002-01-02"]);
    expect(await momentsWith("&until=2002-01-02T00:00:00Z")).toEqual(["2002-01-01"]);
    expect((await ask(`?conversation_id=${newId()}`)).body).toBe(`${COLUMNS}\r\n`);
  });

  it.each([
    ["action", "group.exploded"],
    ["from", "yesterday"],
    ["conversation_id", "1"],
    ["limit", "10"],
    ["after", "x"],
  ])("refuses a wrong %s: 400, and no file", async (field, value) => {
    const answer = await ask(`?${field}=${value}`);
    expect(answer).toMatchObject({ status: 400, body: { code: "request_invalid", errors: [{ field }] } });
    expect(answer.headers.get("content-disposition")).toBeNull();
  });

  it("is not there for HEAD, which would read everything for nobody", async () => {
    expect((await ada.send("HEAD", "/api/v1/audit.csv")).status).toBe(404);
  });
});

describe("a long log", () => {
  const MANY = 20_000;

  beforeAll(async () => {
    for (let from = 0; from < MANY; from += 10_000)
      await server.db.$executeRaw`
        INSERT INTO audit_events (id, at, action, actor_id, details)
        SELECT gen_random_uuid(), timestamptz '2010-01-01' + (n / 3) * interval '1 second', 'member.added',
               ${ada.person.id}::uuid, jsonb_build_object('n', n)
          FROM generate_series(${from}::int, ${from + 9_999}::int) n`;
  });

  it("is delivered complete, each event once, the newest first", async () => {
    const [, ...rows] = readCsv((await ask("?from=2010-01-01T00:00:00Z&until=2012-01-01T00:00:00Z")).body);
    expect(rows).toHaveLength(MANY);
    const moments = rows.map(([at = ""]) => at);
    expect(moments).toEqual([...moments].sort().reverse());
    expect(new Set(rows.map((row) => row.at(-1))).size).toBe(MANY);
  });

  const activeQueries = async () => {
    const [row] = await server.db.$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()`;
    return row?.n;
  };

  it("is read no further than it is taken off our hands", async () => {
    const whole = (await ask()).body.length;
    const stream = streamAuditCsv(server, {});
    await once(stream, "readable");
    await expect.poll(activeQueries).toBe(0);
    expect(stream.readableLength).toBeGreaterThan(0);
    expect(stream.readableLength).toBeLessThan(whole / 5);
    stream.destroy();
  });

  it("is read no further for a client that has gone away", async () => {
    const abort = new AbortController();
    const headers = { cookie: ada.cookie ?? "" };
    const response = await fetch(`${server.url}/api/v1/audit.csv`, { headers, signal: abort.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    abort.abort();
    await expect(reader?.read()).rejects.toThrow(/abort/);
    await expect.poll(activeQueries).toBe(0);
    expect((await ada.get("/healthz")).status).toBe(200);
  });
});
