import type { Account } from "@confab/shared/accounts";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { newTokens } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;

/** Who stands in the list besides Ben and Carol, each an hour older than the one before; two are of the same moment. */
const OTHERS = [
  "Ça va",
  "al%ice",
  "al_ice",
  "al\\ice",
  "alice",
  "ALICE two",
  "Zoë",
  "Ян",
  "王小明",
  "𠮷".repeat(40),
  "İ".repeat(40),
];

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newGuest(server.url, "Carol");
  for (const [index, username] of OTHERS.entries()) {
    const id = `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
    const created_at = new Date(Date.UTC(2026, 0, 1, -Math.min(index, OTHERS.length - 2)));
    const facts = {
      username,
      username_key: username.normalize("NFKC").toLowerCase(),
      created_at,
      role: "user",
    } as const;
    await server.db.user.create({ data: { id, ...facts, email: `${index}@example.org` } });
  }
});
afterAll(() => server.stop());

const namesOf = (accounts: Account[]) => accounts.map((account) => account.username);

async function list(query = ""): Promise<{ accounts: Account[]; next: string | null }> {
  const { status, body } = await ada.get(`/api/v1/accounts?${query}`);
  expect(status).toBe(200);
  return body;
}

/** Follows `next` to the end, and gives the names page by page. */
async function pagesOf(query: string): Promise<string[][]> {
  const pages: string[][] = [];
  let place = "";
  for (;;) {
    const { accounts, next } = await list(query + place);
    pages.push(namesOf(accounts));
    if (next === null) return pages;
    place = `&after=${encodeURIComponent(next)}`;
  }
}

async function accountOf(client: TestClient, query = ""): Promise<Account | undefined> {
  return (await list(query)).accounts.find((account) => account.id === client.person.id);
}

describe("GET /api/v1/accounts", () => {
  it("lists every account but the caller's, with what an administrator needs and no secret", async () => {
    const { accounts } = await list();
    expect(new Set(namesOf(accounts))).toEqual(new Set(["Ben", "Carol", ...OTHERS]));
    expect(await accountOf(ben)).toEqual({
      ...ben.person,
      email: "ben@example.org",
      created_at: expect.stringMatching(/Z$/),
      last_used_at: expect.stringMatching(/Z$/),
      session_count: 1,
      expires_at: null,
      deactivated_at: null,
    });
    expect((await accountOf(carol))?.expires_at).toMatch(/Z$/);
    expect(JSON.stringify(accounts)).not.toMatch(/argon2|password|username_key/);
  });

  it.each([
    ["a user", () => ben, 403, "role_insufficient"],
    ["a guest", () => carol, 403, "role_insufficient"],
    ["a stranger", () => new TestClient(server.url), 401, "sign_in_required"],
  ])("is closed to %s", async (_who, client, status, code) => {
    const answer = await client().get("/api/v1/accounts");
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toContain("ben@example.org");
  });
});

describe("the order", () => {
  it("is that of the names when none is asked for", async () => {
    expect((await list()).accounts).toEqual((await list("sort=name")).accounts);
    expect(namesOf((await list()).accounts.slice(0, 2))).toEqual(["al%ice", "al\\ice"]);
  });

  it("of the newest is that of the oldest, turned round", async () => {
    const newest = namesOf((await list("sort=newest")).accounts);
    expect(newest.slice(0, 4)).toEqual(["Carol", "Ben", "Ça va", "al%ice"]);
    expect(namesOf((await list("sort=oldest")).accounts)).toEqual(newest.toReversed());
  });

  it.each(["name", "newest", "oldest"].flatMap((sort) => [1, 2, 5, 12, 13, 50].map((limit) => ({ sort, limit }))))(
    "by $sort in pages of $limit gives each account once",
    async ({ sort, limit }) => {
      const pages = await pagesOf(`sort=${sort}&limit=${limit}`);
      const whole = namesOf((await list(`sort=${sort}`)).accounts);
      expect(pages.flat()).toEqual(whole);
      expect(pages.every((page) => page.length <= limit)).toBe(true);
      expect(pages).toHaveLength(Math.ceil(whole.length / limit));
    },
  );

  it.each(["name", "newest", "oldest"])("by %s has a place only pages of that order understand", async (sort) => {
    const { next } = await list(`sort=${sort}&limit=1`);
    for (const other of ["name", "newest", "oldest"].filter((each) => each !== sort)) {
      const answer = await ada.get(`/api/v1/accounts?sort=${other}&after=${encodeURIComponent(next ?? "")}`);
      expect([answer.status, answer.body.errors]).toEqual([400, [{ field: "after", message: expect.any(String) }]]);
    }
  });

  it("goes on where it was when somebody of the pages before is gone or new", async () => {
    const { next } = await list("limit=3");
    const rest = namesOf((await list(`after=${encodeURIComponent(next ?? "")}`)).accounts);
    const newcomer = await server.db.user.create({
      data: { id: "00000000-0000-7000-8000-00000000ffff", username: "Aaron", username_key: "aaron", role: "user" },
    });
    expect(namesOf((await list(`after=${encodeURIComponent(next ?? "")}`)).accounts)).toEqual(rest);
    await server.db.user.delete({ where: { id: newcomer.id } });
  });
});

describe("the search", () => {
  it.each([
    ["ALICE", ["ALICE two", "alice"]],
    ["ａｌｉｃｅ", ["ALICE two", "alice"]],
    ["%", ["al%ice"]],
    ["_", ["al_ice"]],
    ["\\", ["al\\ice"]],
    ["c\u0327a", ["Ça va"]],
    ["小", ["王小明"]],
    ["ben@EXAMPLE", ["Ben"]],
    ["3@example.org", ["al\\ice"]],
    ["@example", ["Ben", ...OTHERS]],
    ["'; DROP TABLE users; --", []],
    ["Ada", []],
  ])("by %s finds whose name or e-mail address holds it", async (query, names) => {
    const { accounts } = await list(`query=${encodeURIComponent(query)}`);
    expect(namesOf(accounts).sort()).toEqual(names.sort());
  });
});

describe("the kinds", () => {
  test("of an active account are its roles; whoever is deactivated is that alone", async () => {
    const closed = await newUser(server.url, "Closed");
    await server.db.user.update({ where: { id: closed.person.id }, data: { deactivated_at: new Date() } });
    const second = await newUser(server.url, "Second");
    await server.db.user.update({ where: { id: second.person.id }, data: { role: "admin" } });

    expect(namesOf((await list("kind=admin")).accounts)).toEqual(["Second"]);
    expect(namesOf((await list("kind=guest")).accounts)).toEqual(["Carol"]);
    expect(new Set(namesOf((await list("kind=user")).accounts))).toEqual(new Set(["Ben", ...OTHERS]));
    const { accounts } = await list("kind=deactivated");
    expect(accounts).toEqual([{ ...(await accountOf(closed)), deactivated_at: expect.stringMatching(/Z$/) }]);
    expect([accounts[0]?.session_count, accounts[0]?.last_used_at]).toEqual([0, null]);
    await server.db.user.deleteMany({ where: { id: { in: [closed.person.id, second.person.id] } } });
  });

  test("are searched and paged like the whole", async () => {
    const pages = await pagesOf("kind=user&query=alice&sort=newest&limit=1");
    expect(pages).toEqual([["alice"], ["ALICE two"]]);
  });

  test("leave a guest whose time is up in the list until the guest is tidied away", async () => {
    const gone = await newGuest(server.url, "Gone guest");
    await server.db.$executeRaw`UPDATE users SET expires_at = now() WHERE id = ${gone.person.id}::uuid`;
    for (const query of ["", "kind=guest"]) {
      const account = await accountOf(gone, query);
      expect(Date.parse(account?.expires_at ?? "")).toBeLessThanOrEqual(Date.now());
      expect(account).toMatchObject({ username: "Gone guest", session_count: 0, deactivated_at: null });
    }
    await ada.post(`/api/v1/accounts/${gone.person.id}/expire`, {});
    for (const query of ["", "kind=guest", "kind=deactivated"]) expect(await accountOf(gone, query)).toBeUndefined();
  });

  test("hold no deleted account", async () => {
    const deleted = await newUser(server.url, "Deleted");
    const now = new Date();
    await server.db.user.update({ where: { id: deleted.person.id }, data: { deactivated_at: now, deleted_at: now } });
    for (const query of ["", "kind=user", "kind=deactivated", "query=deleted"])
      expect(await accountOf(deleted, query)).toBeUndefined();
  });
});

describe("the sessions of an account", () => {
  test("are counted while they hold, browsers and programs, and the last use of any is told", async () => {
    const dora = await newUser(server.url, "Dora");
    await new TestClient(server.url).post("/login", { username: "Dora", password: PASSWORD });
    await newTokens(server.url, "Dora");
    expect((await accountOf(dora))?.session_count).toBe(3);

    // The newest is over; of the other two, one was used a day ago.
    const sessions = await server.db.session.findMany({ where: { user_id: dora.person.id }, orderBy: { id: "asc" } });
    const [first, second, third] = sessions.map((session) => session.id);
    const used = new Date(Date.now() - 86_400_000);
    await server.db.session.update({ where: { id: first ?? "" }, data: { last_used_at: used } });
    await server.db.session.update({ where: { id: second ?? "" }, data: { last_used_at: new Date(0) } });
    await server.db.session.update({ where: { id: third ?? "" }, data: { expires_at: new Date() } });
    expect(await accountOf(dora)).toMatchObject({ session_count: 1, last_used_at: used.toISOString() });

    await server.db.session.deleteMany({ where: { user_id: dora.person.id } });
    expect(await accountOf(dora)).toMatchObject({ session_count: 0, last_used_at: null });
  });
});

describe("a query that is not as it should be", () => {
  const id = "00000000-0000-7000-8000-000000000000";
  it.each([
    ["limit=0", "limit"],
    ["limit=51", "limit"],
    ["limit=-1", "limit"],
    ["limit=1.5", "limit"],
    ["limit=ten", "limit"],
    ["limit=", "limit"],
    ["limit=1&limit=2", "limit"],
    ["limit=NaN", "limit"],
    ["query=a&query=b", "query"],
    [`query=${"x".repeat(41)}`, "query"],
    ["query=%00", "query"],
    ["kind=", "kind"],
    ["kind=owner", "kind"],
    ["kind=user&kind=guest", "kind"],
    ["sort=", "sort"],
    ["sort=email", "sort"],
    ["sort=name&sort=newest", "sort"],
    ["sort=__proto__", "sort"],
    ["after=", "after"],
    ["after=alice", "after"],
    ["after=name", "after"],
    ["after=name%20", "after"],
    [`after=name%20${"x".repeat(81)}`, "after"],
    ["after=%00", "after"],
    [`after=${"x".repeat(201)}`, "after"],
    ["after=name%20a&after=name%20b", "after"],
    ["sort=newest&after=newest", "after"],
    ["sort=newest&after=newest%202026-01-01T00:00:00.000Z", "after"],
    [`sort=newest&after=newest%20${id}`, "after"],
    [`sort=newest&after=newest%202026-02-30T00:00:00.000Z%20${id}`, "after"],
    [`sort=newest&after=newest%202026-01-01T00:00:00.${"1".repeat(128)}Z%20${id}`, "after"],
    [`sort=newest&after=newest%20infinity%20${id}`, "after"],
    [`sort=oldest&after=oldest%202026-01-01T00:00:00.000Z%20${id.slice(1)}`, "after"],
    [`sort=oldest&after=oldest%202026-01-01T00:00:00.000Z%20${id}%20x`, "after"],
    ["offset=1", "offset"],
    ["role=admin", "role"],
    ["id=1", "id"],
    ["owner_id=1", "owner_id"],
    ["created_at=1", "created_at"],
    ["__proto__=1", "__proto__"],
  ])("is refused: ?%s, naming the field", async (query, field) => {
    const answer = await ada.get(`/api/v1/accounts?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "request_invalid", errors: [{ field, message: expect.any(String) }] });
    expect(answer.body.message).toContain(field);
  });
});
