import { flashSchema } from "@confab/shared/workspace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cast, gatherCast, LIVE_ACTORS, SIGNED_OUT_ACTORS } from "../../../../test/actors.ts";
import { startServer, type TestServer } from "../../../../test/start-server.ts";
import { type Answer, freshName, PASSWORD, TestClient } from "../../../../test/test-client.ts";
import { makeTinyWebApp } from "../../../../test/tiny-web-app.ts";

// The rows of the reference's table "Form posts": each as JSON and as a form.

let web: Awaited<ReturnType<typeof makeTinyWebApp>>;
let server: TestServer;
let cast: Cast;

beforeAll(async () => {
  web = await makeTinyWebApp();
  server = await startServer({}, { distDir: web.distDir });
  cast = await gatherCast(server);
});
afterAll(async () => {
  await server.stop();
  await web.remove();
});

const FORM = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const SESSION_COOKIE = /^confab_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/;
const anybody = () => new TestClient(server.url);

interface FormAnswer {
  readonly status: number;
  readonly location: string | null;
  /** The session's cookie, if one was given. */
  readonly session: string | undefined;
  /** What the next page shows, and the second look at it. */
  readonly flash: unknown;
  readonly flashAgain: unknown;
}

/** Sends a form, and opens the page that its answer leads to, twice. */
async function submit(client: TestClient, path: string, fields: [string, string][]): Promise<FormAnswer> {
  const { cookie } = client;
  const answer = await client.post(path, new URLSearchParams(fields).toString(), FORM);
  client.cookie = cookie;
  const cookies = answer.headers.getSetCookie();
  const pair = cookies.find((each) => each.startsWith("confab_flash="))?.split(";")[0];
  const location = answer.headers.get("location");
  const page = await client.get(location ?? "/login", { cookie: [cookie, pair].filter(Boolean).join("; ") });
  const left = page.headers.getSetCookie().find((each) => each.startsWith("confab_flash="));
  if (pair !== undefined && page.status === 200) expect(left).toMatch(/^confab_flash=; .*Expires=Thu, 01 Jan 1970/);
  const session = cookies.find((each) => each.startsWith("confab_session="));
  const again = await client.get(location ?? "/login");
  return { status: answer.status, location, session, flash: flashOf(page), flashAgain: flashOf(again) };
}

function flashOf(page: Answer): unknown {
  const found = /<script id="flash" type="application\/json">(.*?)<\/script>/s.exec(page.body)?.[1];
  return found === undefined ? null : flashSchema.parse(JSON.parse(found));
}

function expectProblem(answer: Answer, status: number, code: string, field?: string): void {
  expect([answer.status, answer.body.status, answer.body.code]).toEqual([status, status, code]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(answer.body.message).toMatch(/\.$/);
  if (field !== undefined) expect(answer.body.errors[0].field).toBe(field);
}

const sessionsOf = (userId: string) => server.db.session.count({ where: { user_id: userId } });

describe("POST /register", () => {
  const account = (username = freshName("Ada")) => ({
    email: `${username.replace(" ", ".").toLowerCase()}@example.org`,
    username,
    password: PASSWORD,
  });

  it("JSON: 201 with the user, who is not signed in", async () => {
    const body = account();
    const answer = await anybody().post("/register", body);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([201, "application/json; charset=utf-8"]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.getSetCookie()).toEqual([]);
    const { email, username } = body;
    expect(answer.body).toEqual({ user: { id: expect.stringMatching(ID), username, email, role: "user" } });
    expect(await sessionsOf(answer.body.user.id)).toBe(0);
  });

  it("JSON: 400 for what is invalid, 409 for what is taken", async () => {
    expectProblem(
      await anybody().post("/register", { ...account(), email: "nowhere" }),
      400,
      "request_invalid",
      "email",
    );
    expectProblem(await anybody().post("/register", { ...account(), role: "admin" }), 400, "request_invalid", "role");
    expectProblem(await anybody().post("/register", { ...account(), username: "ADA" }), 409, "username_taken");
    expectProblem(await anybody().post("/register", { ...account(), email: "Ada@example.org" }), 409, "email_taken");
  });

  it("form: 303 to /login, which says so once", async () => {
    const answer = await submit(anybody(), "/register", Object.entries(account()));
    const flash = { kind: "success", message: "Your account is ready. Sign in with it." };
    expect(answer).toEqual({ status: 303, location: "/login", session: undefined, flash, flashAgain: null });
  });

  it("form: back to the form on a failure, with what was typed except the password", async () => {
    const { email } = account();
    const fields = Object.entries({ email, username: "ADA", password: PASSWORD });
    const answer = await submit(anybody(), "/register", fields);
    const message = "That name is already in use. Choose another.";
    const flash = { kind: "error", message, values: { email, username: "ADA" } };
    expect(answer).toEqual({ status: 303, location: "/register", session: undefined, flash, flashAgain: null });
  });

  it("is open to everybody, whoever they are", async () => {
    for (const actor of [...LIVE_ACTORS, ...SIGNED_OUT_ACTORS])
      expectProblem(await cast.actors[actor].post("/register", { username: "x" }), 400, "request_invalid", "email");
  });
});

describe("POST /login", () => {
  const user = () => {
    const { id, username } = cast.actors.member.person;
    return { id, username, email: "ada@example.org", role: "user" };
  };

  it.each([{ username: "Ada" }, { username: "ada@example.org" }, { email: "ada@example.org" }])(
    "JSON: 200 with the user and a cookie for %o",
    async (name) => {
      const answer = await anybody().post("/login", { ...name, password: PASSWORD });
      expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
      expect(answer.body).toEqual({ user: user() });
      expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(SESSION_COOKIE)]);
    },
  );

  it("JSON: 401 for a wrong password, and for whoever has none or no account any more", async () => {
    for (const username of ["Ada", "Nobody", "Carol", "Frank"])
      expectProblem(await anybody().post("/login", { username, password: "wrong" }), 401, "password_wrong");
    expectProblem(await anybody().post("/login", { username: "Frank", password: PASSWORD }), 401, "password_wrong");
    expectProblem(await anybody().post("/login", { username: "Ada" }), 400, "request_invalid", "password");
  });

  it("form: 303 to /, signed in", async () => {
    const client = anybody();
    const answer = await submit(client, "/login", Object.entries({ username: "Ada", password: PASSWORD }));
    expect(answer).toMatchObject({ status: 303, location: "/", flash: null });
    expect(answer.session).toMatch(SESSION_COOKIE);
    const { body } = await client.get("/api/v1/me", { cookie: answer.session?.split(";")[0] ?? "" });
    expect(body.me).toMatchObject({ id: user().id, username: "Ada", role: "user" });
  });

  it("form: back to the form on a failure", async () => {
    const answer = await submit(anybody(), "/login", Object.entries({ username: "Ada", password: "wrong" }));
    const message = "That username and password do not match.";
    const flash = { kind: "error", message, values: { username: "Ada" } };
    expect(answer).toEqual({ status: 303, location: "/login", session: undefined, flash, flashAgain: null });
  });

  it("answers 429 to too many tries, in either encoding", async () => {
    const strict = await startServer({ RATE_LIMIT_SCALE: "0.1" }, { distDir: web.distDir });
    try {
      const client = new TestClient(strict.url);
      const wrong = { username: "Ada", password: "wrong" };
      const answers: Answer[] = [];
      while (answers.length < 20 && answers.at(-1)?.status !== 429) answers.push(await client.post("/login", wrong));
      const last = answers.at(-1);
      expect([last?.status, last?.body.code]).toEqual([429, "too_many_requests"]);
      expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
      const form = await client.post("/login", new URLSearchParams(wrong).toString(), FORM);
      expect([form.status, form.headers.get("location")]).toEqual([303, "/login"]);
    } finally {
      await strict.stop();
    }
  });
});

describe("POST /guest", () => {
  it("JSON: 201 with the guest, who is signed in at once", async () => {
    const client = anybody();
    const username = freshName("Carol");
    const answer = await client.post("/guest", { username });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(answer.body).toEqual({
      user: {
        id: expect.stringMatching(ID),
        username,
        email: null,
        role: "guest",
        expires_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      },
    });
    const hours = (Date.parse(answer.body.user.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeCloseTo(24, 1);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(SESSION_COOKIE)]);
    expect((await client.get("/api/v1/me")).body.me.id).toBe(answer.body.user.id);
  });

  it("JSON: 409 for a name that is taken, 400 for none", async () => {
    expectProblem(await anybody().post("/guest", { username: "ada" }), 409, "username_taken");
    expectProblem(await anybody().post("/guest", {}), 400, "request_invalid", "username");
  });

  it("form: 303 to /, signed in; back to the form on a failure", async () => {
    const answer = await submit(anybody(), "/guest", [["username", freshName("Carol")]]);
    expect(answer).toMatchObject({ status: 303, location: "/", flash: null });
    expect(answer.session).toMatch(SESSION_COOKIE);
    const refused = await submit(anybody(), "/guest", [["username", "Ada"]]);
    const message = "That name is already in use. Choose another.";
    const flash = { kind: "error", message, values: { username: "Ada" } };
    expect(refused).toEqual({ status: 303, location: "/guest", session: undefined, flash, flashAgain: null });
  });
});

describe("POST /groups/create (admin)", () => {
  it("JSON: 201 with the conversation, its maker as owner, the chosen ones as members", async () => {
    const { administrator, member, guest } = cast.actors;
    const members = [member.person.id, guest.person.id];
    const answer = await administrator.post("/groups/create", { name: "Team", description: "Us", members });
    expect(answer.status).toBe(201);
    expect(answer.body.conversation).toMatchObject({
      id: expect.stringMatching(ID),
      name: "Team",
      description: "Us",
      owner_id: administrator.person.id,
    });
    const rows = await server.db.conversationMember.findMany({
      where: { conversation_id: answer.body.conversation.id },
    });
    const roles = rows.map((row) => [row.user_id, row.role]).sort();
    expect(roles).toEqual([[administrator.person.id, "owner"], ...members.map((id) => [id, "member"])].sort());
  });

  it("JSON: 400 naming the field", async () => {
    const { administrator } = cast.actors;
    expectProblem(await administrator.post("/groups/create", { name: "" }), 400, "request_invalid", "name");
    const strangers = { name: "Team", members: ["01890a5d-ac96-774b-bcce-b302099a8057"] };
    expectProblem(await administrator.post("/groups/create", strangers), 400, "request_invalid", "members");
  });

  it("form: 303 to /groups, which says so once; members is a repeated field", async () => {
    const { administrator, member, guest } = cast.actors;
    for (const chosen of [[], [member], [member, guest]]) {
      const name = freshName("Group");
      const members = chosen.map((client): [string, string] => ["members", client.person.id]);
      const answer = await submit(administrator, "/groups/create", [["name", name], ["description", ""], ...members]);
      const flash = { kind: "success", message: `The group “${name}” is ready.` };
      expect(answer).toEqual({ status: 303, location: "/groups", session: undefined, flash, flashAgain: null });
      const made = await server.db.conversation.findFirstOrThrow({ where: { name } });
      expect(made.member_count).toBe(chosen.length + 1);
    }
  });

  it("form: back to the form on a failure, with what was typed", async () => {
    const fields: [string, string][] = [
      ["name", ""],
      ["description", "Us"],
    ];
    const answer = await submit(cast.actors.administrator, "/groups/create", fields);
    expect(answer).toMatchObject({ status: 303, location: "/groups/create", flashAgain: null });
    expect(answer.flash).toMatchObject({ kind: "error", values: { name: "", description: "Us" } });
  });

  it.each([...LIVE_ACTORS, ...SIGNED_OUT_ACTORS].filter((actor) => actor !== "administrator"))(
    "makes nothing for anybody else: %s",
    async (actor) => {
      const client = cast.actors[actor];
      const before = await server.db.conversation.count();
      const isSignedIn = (LIVE_ACTORS as readonly string[]).includes(actor);
      const answer = await client.post("/groups/create", { name: "Mine", members: [] });
      expect(answer.status).toBe(isSignedIn ? 403 : 401);
      expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      const form = await submit(client, "/groups/create", [["name", "Mine"]]);
      expect([form.status, form.location]).toEqual([303, "/groups/create"]);
      expect(await server.db.conversation.count()).toBe(before);
    },
  );
});

describe("the session", () => {
  it("carries the user's id, name and role on the server; the cookie holds an opaque random value", async () => {
    for (const actor of LIVE_ACTORS) {
      const { person, cookie } = cast.actors[actor];
      const { body } = await cast.actors[actor].get("/api/v1/me");
      expect(body.me).toMatchObject({ id: person.id, username: person.username, role: person.role });
      expect(cookie).toMatch(/^confab_session=[\w-]{43}$/);
    }
  });
});
