import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, TestClient } from "../../../test/test-client.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;

/** Who stands in the lists, besides Ada, Ben and Carol: made by hand, for no password is needed. */
const OTHERS = ["Ça va", "al%ice", "al_ice", "al\\ice", "alice", "ALICE two", "Zoë", "Ян", "王小明"];

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newGuest(server.url, "Carol");
  for (const [index, username] of OTHERS.entries()) {
    const id = `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
    const username_key = username.toLowerCase();
    await server.db.user.create({ data: { id, username, username_key, role: "user", email: `${index}@example.org` } });
  }
});
afterAll(() => server.stop());

type Named = { username: string };
const namesOf = (people: Named[]) => people.map((person) => person.username);

/** Follows `next` to the end, and gives the names page by page. */
async function pagesOf(client: TestClient, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | null = "";
  while (after !== null) {
    const { status, body } = await client.get(`/api/v1/users?limit=${limit}&after=${encodeURIComponent(after)}`);
    expect(status).toBe(200);
    pages.push(namesOf(body.users));
    after = body.next;
  }
  return pages;
}

describe("GET /api/v1/me", () => {
  it.each([
    ["an administrator", () => ada, { email: "ada@example.org", expires_at: null }],
    ["a user", () => ben, { email: "ben@example.org", expires_at: null }],
    ["a guest", () => carol, { email: null, expires_at: expect.stringMatching(/Z$/) }],
  ])("tells %s who they are", async (_who, client, rest) => {
    const { status, body } = await client().get("/api/v1/me");
    expect(status).toBe(200);
    expect(body).toEqual({ me: { ...client().person, ...rest, language: "en", can: expect.any(Object) } });
  });

  it("tells a stranger to sign in", async () => {
    const answer = await new TestClient(server.url).get("/api/v1/me");
    expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
  });
});

describe("GET /api/v1/users", () => {
  it("lists everybody active but the caller by name, and of each no more than name and role", async () => {
    const { body } = await ben.get("/api/v1/users");
    expect(new Set(namesOf(body.users))).toEqual(new Set(["Ada", "Carol", ...OTHERS]));
    expect(body.next).toBeNull();
    expect(body.users.find((user: Named) => user.username === "Ada")).toEqual(ada.person);
    for (const user of body.users) expect(Object.keys(user).sort()).toEqual(["id", "role", "username"]);
  });

  it.each([1, 2, 5, 10, 11, 50])("gives each person once in pages of %i", async (limit) => {
    const pages = await pagesOf(ben, limit);
    const whole = namesOf((await ben.get("/api/v1/users")).body.users);
    expect(pages.flat()).toEqual(whole);
    expect(pages.every((page) => page.length <= limit)).toBe(true);
    expect(pages).toHaveLength(Math.ceil(whole.length / limit));
  });

  it.each([
    ["ALICE", ["ALICE two", "alice"]],
    ["ａｌｉｃｅ", ["ALICE two", "alice"]],
    ["lic", ["ALICE two", "alice"]],
    ["%", ["al%ice"]],
    ["_", ["al_ice"]],
    ["\\", ["al\\ice"]],
    ["%%", []],
    ["c\u0327a", ["Ça va"]],
    ["ZO\u00cb", ["Zoë"]],
    ["小", ["王小明"]],
    ["'; DROP TABLE users; --", []],
    ["nobody", []],
  ])("finds by %s exactly whose name holds it", async (query, names) => {
    const { status, body } = await ben.get(`/api/v1/users?query=${encodeURIComponent(query)}`);
    expect(status).toBe(200);
    expect(namesOf(body.users).sort()).toEqual(names.sort());
  });

  it("leaves out the deactivated and the guests whose time is up", async () => {
    const gone = await newGuest(server.url, "Gone guest");
    const closed = await newUser(server.url, "Gone user");
    await server.db.$executeRaw`UPDATE users SET expires_at = now() WHERE id = ${gone.person.id}::uuid`;
    await server.db.$executeRaw`UPDATE users SET deactivated_at = now() WHERE id = ${closed.person.id}::uuid`;
    expect(namesOf((await ben.get("/api/v1/users?query=gone")).body.users)).toEqual([]);
    await server.db.user.deleteMany({ where: { id: { in: [gone.person.id, closed.person.id] } } });
  });

  it("is closed to guests (403) and strangers (401)", async () => {
    expect((await carol.get("/api/v1/users")).body.code).toBe("role_insufficient");
    expect((await new TestClient(server.url).get("/api/v1/users")).body.code).toBe("sign_in_required");
  });
});

describe("a query of GET /api/v1/users that is not as it should be", () => {
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
    [`after=${"x".repeat(81)}`, "after"],
    ["after=%00", "after"],
    ["offset=1", "offset"],
    ["role=admin", "role"],
    ["__proto__=1", "__proto__"],
  ])("is refused: ?%s, naming the field", async (query, field) => {
    const answer = await ada.get(`/api/v1/users?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "request_invalid", errors: [{ field, message: expect.any(String) }] });
    expect(answer.body.message).toContain(field);
  });
});
