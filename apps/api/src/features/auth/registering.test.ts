import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { openDb } from "../../core/db.ts";
import { Hub } from "../../core/hub.ts";
import { Audiences } from "../members/audiences.ts";
import { register as createAccount } from "./auth.service.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const emailOf = (username: string) => `${username.replaceAll(" ", ".").toLowerCase()}@example.org`;

function register(username: string, email = emailOf(username), url = server.url) {
  return new TestClient(url).post("/register", { username, email, password: PASSWORD });
}

describe("POST /register", () => {
  it("answers 201 with the account, and signs nobody in", async () => {
    const username = freshName("Ada");
    const answer = await register(`  ${username} `, ` ${emailOf(username).toUpperCase()} `);

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      user: { id: expect.any(String), username, email: emailOf(username), role: "user" },
    });
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("keeps the password as argon2id of 19 MiB and two passes, and nowhere as it is", async () => {
    const username = freshName("Ada");
    const { body } = await register(username);
    const row = await server.db.user.findUniqueOrThrow({ where: { id: body.user.id } });

    expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$|^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify(row)).not.toContain(PASSWORD);
  });

  it("stands by the account when nobody can be told of it any more", async () => {
    const nobodyThere = openDb("postgresql://confab@127.0.0.1:1/confab");
    const said: string[] = [];
    const say = (_facts: object, sentence: string) => void said.push(sentence);
    const log = { debug: say, warn: say, error: say };
    const { config, db } = server;
    const deps = { config, db, hub: new Hub(), log, audiences: new Audiences(nobodyThere), tokenSecret: "unused" };
    const username = freshName("Ada");
    const made = await createAccount(deps, { username, email: emailOf(username), password: PASSWORD }, "127.0.0.1");
    await nobodyThere.$disconnect();
    expect(made.user.username).toBe(username);
    expect(said).toEqual(["a committed change could not be announced"]);
  });

  it("puts the newcomer into General, with nothing there unread", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const { body } = await ben.get("/api/v1/conversations");

    expect(body.conversations).toHaveLength(1);
    expect(body.conversations[0]).toMatchObject({ name: "General", role: "member", unread: 0, can: { send: true } });
  });

  it("tells the members of General, guests included, who came in", async () => {
    const ada = await (await newUser(server.url, freshName("Ada"))).connect();
    const carol = await (await newGuest(server.url, freshName("Carol"))).connect();
    const username = freshName("Ben");
    const { body } = await register(username);

    for (const socket of [ada, carol]) {
      const added = await socket.next("member.added", (event) => event.member.user.id === body.user.id);
      expect(added.member).toMatchObject({ user: { id: body.user.id, username, role: "user" }, role: "member" });
      const { conversations } = await socket.next("ready");
      const before = conversations.find((each) => each.id === added.conversation_id);
      const heard = socket.all("member.added").length;
      expect(added.revision).toBe((before?.revision ?? 0) + heard);
      expect(added.member_version).toBe((before?.member_version ?? 0) + heard);
      expect(added.member_count).toBe((before?.member_count ?? 0) + heard);
    }
    ada.close();
    carol.close();
  });

  it("tells nobody who is not in General", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const [outsider, insider] = await Promise.all([
      ada.connect(),
      (await newUser(server.url, freshName("Ben"))).connect(),
    ]);
    await server.db.$executeRaw`DELETE FROM conversation_members WHERE user_id = ${ada.person.id}::uuid`;
    await server.db.$executeRaw`UPDATE conversations SET member_version = member_version + 1 WHERE joined_by_everyone`;
    const { body } = await register(freshName("Carol"));

    await insider.next("member.added", (event) => event.member.user.id === body.user.id);
    await outsider.settled();
    expect(outsider.all("member.added").filter((event) => event.member.user.id === body.user.id)).toEqual([]);
    outsider.close();
    insider.close();
  });

  it.each([
    ["other case", (name: string) => name.toUpperCase()],
    ["fullwidth letters", (name: string) => name.replace("Ada", "Ａｄａ")],
    ["mathematical letters", (name: string) => name.replace("Ada", "𝐚𝐝𝐚")],
    ["other blanks", (name: string) => `\u00a0${name.replace(" ", "\u2003 ")}\n`],
  ])("refuses a name that is taken but for %s: 409, nothing stored, nobody told", async (_what, disguise) => {
    const ada = await newUser(server.url, freshName("Ada"));
    const socket = await ada.connect();
    const before = await server.db.user.count();
    const answer = await register(disguise(ada.person.username), `${before}@example.org`);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ status: 409, code: "username_taken", message: expect.stringMatching(/name/) });
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await server.db.user.count()).toBe(before);
    await socket.settled();
    expect(socket.all("member.added")).toEqual([]);
    socket.close();
  });

  it("takes é composed and decomposed for the same name", async () => {
    expect((await register("Ren\u00e9", "rene.one@example.org")).status).toBe(201);
    expect((await register("RENE\u0301", "rene.two@example.org")).body.code).toBe("username_taken");
  });

  it("refuses an e-mail address that is taken, in any case", async () => {
    const username = freshName("Ada");
    await register(username);
    const answer = await register(freshName("Ben"), emailOf(username).toUpperCase());

    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe("email_taken");
  });

  it("refuses a guest's name", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    expect((await register(carol.person.username.toLowerCase(), "carol@example.org")).body.code).toBe("username_taken");
  });

  it("refuses an e-mail address as a name, which could pass for somebody else's sign-in", async () => {
    const answer = await register("ada@example.org", "mallory@example.org");
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "request_invalid", errors: [{ field: "username" }] });
  });

  it("gives a name to one of ten who ask for it at once", async () => {
    const username = freshName("Ada");
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => register(username, `${index}.${emailOf(username)}`)),
    );

    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)]);
    expect(await server.db.user.count({ where: { username } })).toBe(1);
  });

  it("counts every newcomer of a crowd once", async () => {
    const socket = await (await newUser(server.url, freshName("Ada"))).connect();
    const names = Array.from({ length: 12 }, () => freshName("Ben"));
    const answers = await Promise.all(names.map((name) => register(name)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(12).fill(201));

    await socket.until(() => socket.all("member.added").length === 12, "twelve newcomers");
    const revisions = socket
      .all("member.added")
      .map((event) => event.revision)
      .sort((a, b) => a - b);
    expect(revisions).toEqual(revisions.map((_, index) => (revisions[0] ?? 0) + index));
    const general = await server.db.conversation.findFirstOrThrow({ where: { joined_by_everyone: true } });
    // Everybody came in once; the test above took somebody out by hand, without the count.
    expect(general.member_count).toBe(await server.db.user.count());
    socket.close();
  });

  it("names every field at fault in one answer", async () => {
    const answer = await new TestClient(server.url).post("/register", {
      username: "",
      email: "ada",
      password: "short",
    });
    expect(answer.status).toBe(400);
    const fields = answer.body.errors.map((each: { field: string }) => each.field);
    expect(new Set(fields)).toEqual(new Set(["email", "password", "username"]));
    expect(JSON.stringify(answer.body)).not.toContain("short");
  });
});

describe("POST /register where registration is closed", () => {
  it("answers 403 to everybody and stores nothing", async () => {
    const closed = await startServer({ REGISTRATION: "closed" });
    try {
      const answer = await register("Ada", "ada@example.org", closed.url);
      expect(answer.status).toBe(403);
      expect(answer.body.code).toBe("registration_closed");
      expect(await closed.db.user.count()).toBe(0);
      expect((await new TestClient(closed.url).get("/api/v1/workspace")).body.registration).toBe("closed");
    } finally {
      await closed.stop();
    }
  });
});
