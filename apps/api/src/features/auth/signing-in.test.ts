import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const tokenOf = (client: TestClient) => client.cookie?.split("=")[1] ?? "";

describe("POST /login", () => {
  it("answers 200 with the account, and opens a session", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const client = new TestClient(server.url);
    const answer = await client.post("/login", { username: ada.person.username, password: PASSWORD });

    expect(answer.status).toBe(200);
    const email = `${ada.person.username.toLowerCase().replaceAll(" ", ".")}@example.org`;
    expect(answer.body).toEqual({ user: { ...ada.person, email } });
    expect((await client.get("/api/v1/me")).body.me).toMatchObject({ ...ada.person, email });
  });

  it("sets a cookie that scripts and other sites do not get", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const answer = await new TestClient(server.url).post("/login", {
      username: ada.person.username,
      password: PASSWORD,
    });
    const cookies = answer.headers.getSetCookie();

    expect(cookies).toHaveLength(1);
    const [pair, ...attributes] = cookies[0]?.split("; ") ?? [];
    expect(pair).toMatch(/^confab_session=[A-Za-z0-9_-]{43}$/);
    expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it.each([
    ["the name in other case", (name: string) => ({ username: name.toUpperCase() })],
    ["the name with blanks around it", (name: string) => ({ username: ` ${name} ` })],
    ["the name in fullwidth letters", (name: string) => ({ username: name.replace("Ada", "Ａｄａ") })],
    ["the e-mail address as username", (_: string, email: string) => ({ username: email })],
    ["the e-mail address in other case", (_: string, email: string) => ({ username: ` ${email.toUpperCase()}` })],
    ["the e-mail address as email", (_: string, email: string) => ({ email })],
    ["the name as email", (name: string) => ({ email: name })],
  ])("accepts %s", async (_what, credentials) => {
    const { person } = await newUser(server.url, freshName("Ada"));
    const email = `${person.username.toLowerCase().replaceAll(" ", ".")}@example.org`;
    const body = { ...credentials(person.username, email), password: PASSWORD };
    const answer = await new TestClient(server.url).post("/login", body);

    expect(answer.status).toBe(200);
    expect(answer.body.user.id).toBe(person.id);
  });

  it("knows a password however the keyboard composes it", async () => {
    const username = freshName("Ben");
    const client = new TestClient(server.url);
    await client.post("/register", { username, email: "ben.keys@example.org", password: "caf\u00e9 caf\u00e9" });

    expect((await client.post("/login", { username, password: "cafe\u0301 cafe\u0301" })).status).toBe(200);
    expect((await client.post("/login", { username, password: "cafe cafe" })).status).toBe(401);
  });

  it("answers a wrong password, an unknown name, a guest and a closed account with one and the same 401", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const carol = await newGuest(server.url, freshName("Carol"));
    const ben = await newUser(server.url, freshName("Ben"));
    await server.db.user.update({ where: { id: ben.person.id }, data: { deactivated_at: new Date() } });
    const attempts = [
      { username: ada.person.username, password: "not the password" },
      { username: ada.person.username, password: `${PASSWORD} ` },
      { username: "nobody.at.all", password: PASSWORD },
      { username: carol.person.username, password: PASSWORD },
      { username: carol.person.username, password: "nobody has this password" },
      { username: ben.person.username, password: PASSWORD },
      { email: "nobody@example.org", password: PASSWORD },
      { username: "%", password: PASSWORD },
      { username: "' OR 1=1 --", password: PASSWORD },
    ];
    const before = await server.db.session.count();
    const answers = await Promise.all(attempts.map((body) => new TestClient(server.url).post("/login", body)));

    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get("set-cookie")).toBeNull();
      expect({ ...answer.body, request_id: "" }).toEqual({
        type: "urn:confab:problem:password_wrong",
        title: "That username and password do not match.",
        status: 401,
        code: "password_wrong",
        message: "That username and password do not match.",
        request_id: "",
      });
    }
    expect(await server.db.session.count()).toBe(before);
  });

  it.each([
    ["neither name nor address", { password: PASSWORD }, "username"],
    ["both", { username: "Ada", email: "ada@example.org", password: PASSWORD }, "username"],
    ["no password", { username: "Ada" }, "password"],
    ["an empty password", { username: "Ada", password: "" }, "password"],
  ])("refuses %s: 400 naming the field", async (_what, body, field) => {
    const answer = await new TestClient(server.url).post("/login", body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((each: { field: string }) => each.field)).toContain(field);
  });
});

describe("a session", () => {
  it("is new at each sign-in, and the one before stays", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const first = tokenOf(ada);
    const firstCookie = ada.cookie ?? "";
    await ada.post("/login", { username: ada.person.username, password: PASSWORD });

    expect(tokenOf(ada)).not.toBe(first);
    expect(await server.db.session.count({ where: { user_id: ada.person.id } })).toBe(2);
    for (const cookie of [firstCookie, ada.cookie ?? ""])
      expect((await new TestClient(server.url).get("/api/v1/me", { cookie })).status).toBe(200);
  });

  it("is never opened under a value the client brought", async () => {
    const planted = "A".repeat(43);
    const client = new TestClient(server.url);
    client.cookie = `confab_session=${planted}`;
    const ada = await newUser(server.url, freshName("Ada"));
    await client.post("/login", { username: ada.person.username, password: PASSWORD });
    const guest = new TestClient(server.url);
    guest.cookie = `confab_session=${planted}`;
    await guest.post("/guest", { username: freshName("Carol") });

    expect(tokenOf(client)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(tokenOf(client)).not.toBe(planted);
    expect(tokenOf(guest)).not.toBe(planted);
    const mallory = new TestClient(server.url);
    expect((await mallory.get("/api/v1/me", { cookie: `confab_session=${planted}` })).status).toBe(401);
  });

  it("is stored as a hash only", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const token = tokenOf(ada);
    const stored = await server.db.session.findFirstOrThrow({ where: { user_id: ada.person.id } });
    const [row] = await server.db.$queryRaw<{ text: string }[]>`
      SELECT s::text AS text FROM sessions s WHERE user_id = ${ada.person.id}::uuid`;

    expect(Buffer.from(stored.token_hash ?? []).equals(createHash("sha256").update(token).digest())).toBe(true);
    expect(row?.text).not.toContain(token);
    expect(row?.text).not.toContain(Buffer.from(token, "base64url").toString("hex"));
    const asHash = Buffer.from(stored.token_hash ?? []).toString("base64url");
    expect((await new TestClient(server.url).get("/api/v1/me", { cookie: `confab_session=${asHash}` })).status).toBe(
      401,
    );
  });

  it.each([
    ["empty", ""],
    ["far too long", "x".repeat(4_000)],
    ["not ours", "not-a-session"],
    ["broken percent-encoding", "%E0%A4%A"],
    ["U+0000, encoded", "%00"],
    ["an SQL string", "'%20OR%20'1'='1"],
    ["twice", `one; confab_session=two`],
  ])("is not opened by a cookie that is %s", async (_what, value) => {
    const answer = await new TestClient(server.url).get("/api/v1/me", { cookie: `confab_session=${value}` });
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe("sign_in_required");
  });
});
