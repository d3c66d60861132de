import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cast, gatherCast, LIVE_ACTORS, type LiveActor, SIGNED_OUT_ACTORS } from "../../../../test/actors.ts";
import { startServer, type TestServer } from "../../../../test/start-server.ts";
import { freshName, newGuest, newUser, type TestClient } from "../../../../test/test-client.ts";
import { asProgram } from "../../../../test/test-program.ts";
import { DOCUMENT, makeTinyWebApp } from "../../../../test/tiny-web-app.ts";

// The rows of the reference's table "Pages". What the pages show is tested with browsers; statuses and redirects are
// the server's.

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

const NAVIGATION = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
/** To be sent to `/login`, which leads back here. */
const SIGN_IN = "sign in";
/** The status of the page, or where one is sent to. */
type Expected = 200 | 403 | 404 | string;
type Answers = Record<LiveActor, Expected>;
type Row = [row: string, pathsOf: () => string[], signedOut: Expected, signedIn: Answers];

const everyone = (expected: Expected): Answers => ({
  guest: expected,
  member: expected,
  "ex-member": expected,
  "other user": expected,
  administrator: expected,
});
const administrators: Answers = { ...everyone(403), administrator: 200 };
const readers: Answers = { ...everyone(404), guest: 200, member: 200, administrator: 200 };

const ROWS: Row[] = [
  ["GET /", () => ["/"], "/login", everyone("/conversations")],
  ["GET /conversations", () => ["/conversations"], SIGN_IN, everyone(200)],
  ["GET /conversations/:id", () => [`/conversations/${cast.group}`], SIGN_IN, readers],
  ["GET /chat/:id", () => [`/chat/${cast.group}`], SIGN_IN, readers],
  ["GET /groups", () => ["/groups"], SIGN_IN, administrators],
  ["GET /groups/create", () => ["/groups/create"], SIGN_IN, administrators],
  ["GET /users", () => ["/users"], SIGN_IN, administrators],
  ["GET /register, /login, /guest", () => ["/register", "/login", "/guest"], 200, everyone("/conversations")],
  ["GET /auth/login", () => ["/auth/login"], 200, everyone("/conversations")],
];

async function expectPage(client: TestClient, path: string, expected: Expected): Promise<void> {
  const answer = await client.get(path, NAVIGATION);
  if (typeof expected === "number") {
    expect([answer.status, answer.body], path).toEqual([expected, DOCUMENT]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  } else {
    const location = expected === SIGN_IN ? `/login?next=${encodeURIComponent(path)}` : expected;
    expect([answer.status, answer.headers.get("location")], path).toEqual([302, location]);
  }
  expect(answer.headers.getSetCookie()).toEqual([]);
}

describe.each(ROWS)("%s", (_row, pathsOf, signedOut, signedIn) => {
  it.each(SIGNED_OUT_ACTORS)(`without a session (%s): ${signedOut}`, async (actor) => {
    for (const path of pathsOf()) await expectPage(cast.actors[actor], path, signedOut);
  });

  it.each(LIVE_ACTORS)("with a session: %s", async (actor) => {
    for (const path of pathsOf()) await expectPage(cast.actors[actor], path, signedIn[actor]);
  });
});

describe.each(["/conversations", "/chat"])("GET %s/:id, not visible to the caller", (page) => {
  it("is the same 404 page for a conversation of others, none at all, and no id", async () => {
    for (const actor of ["ex-member", "other user", "member", "guest"] as const)
      for (const id of [cast.foreign, newId(), "nonsense"]) await expectPage(cast.actors[actor], `${page}/${id}`, 404);
    await expectPage(cast.actors.administrator, `${page}/${newId()}`, 404);
    await expectPage(cast.actors["other user"], `${page}/${cast.direct}`, 404);
  });
});

describe("what the pages list", () => {
  const namesFor = async (client: TestClient, query = "") => {
    const { body } = await client.get(`/api/v1/conversations${query}`);
    return body.conversations.map(
      (each: { name: string | null; other: { username: string } | null }) => each.name ?? each.other?.username,
    );
  };

  it("/conversations: one's own, all of them for administrators", async () => {
    expect((await namesFor(cast.actors.member)).sort()).toEqual(["Ben", "General", "Launch"]);
    expect((await namesFor(cast.actors["ex-member"])).sort()).toEqual(["General"]);
    expect((await namesFor(cast.actors.administrator, "?scope=all")).sort()).toEqual([
      "Ada and Ben",
      "Alone",
      "General",
      "Launch",
    ]);
    const refused = await cast.actors.member.get("/api/v1/conversations?scope=all");
    expect([refused.status, refused.body.code]).toEqual([403, "role_insufficient"]);
  });

  it("/conversations/:id: its members, each with a role", async () => {
    const { body } = await cast.actors.member.get(`/api/v1/conversations/${cast.group}/members`);
    const roles = body.members.map((each: { user: { username: string }; role: string }) => [
      each.user.username,
      each.role,
    ]);
    expect(roles).toEqual([
      ["Ada", "member"],
      ["Ben", "member"],
      ["Carol", "member"],
      ["Erin", "member"],
      ["Frank", "member"],
      ["Grace", "owner"],
      ["Heidi", "member"],
    ]);
  });
});

describe("GET /logout", () => {
  it("sends everybody to the sign-in page, and takes the cookie away", async () => {
    for (const actor of SIGNED_OUT_ACTORS) {
      const { cookie } = cast.actors[actor];
      const answer = await cast.actors[actor].get("/logout", NAVIGATION);
      cast.actors[actor].cookie = cookie;
      expect([answer.status, answer.headers.get("location")]).toEqual([302, "/auth/login"]);
    }
  });

  it("ends the session of whoever asks on the server, and no other of theirs", async () => {
    const people = [await newUser(server.url, freshName("Ada")), await newGuest(server.url, freshName("Carol"))];
    for (const client of people) {
      const program = await asProgram(client);
      const cookie = client.cookie ?? "";
      const answer = await client.get("/logout", NAVIGATION);
      expect([answer.status, answer.headers.get("location")]).toEqual([302, "/auth/login"]);
      expect(answer.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^confab_session=; .*Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax$/,
        ),
      ]);
      expect((await client.get("/api/v1/me", { cookie })).status).toBe(401);
      expect((await program.get("/check")).status).toBe(200);
      const left = await server.db.session.findMany({ where: { user_id: client.person.id } });
      expect(left.map((session) => session.kind)).toEqual(["program"]);
    }
  });
});
