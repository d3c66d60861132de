import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { newOutsider } from "../../../test/test-outsider.ts";
import { asProgram } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await newUser(server.url, freshName("Ada"));
  ben = await newUser(server.url, freshName("Ben"));
});

const update = (client: TestClient, body: object) => client.send("PATCH", "/api/v1/me", body);
const meOf = async (client: TestClient) => (await client.get("/api/v1/me")).body.me;
const notedOf = ({ person }: TestClient) => server.db.auditEvent.findMany({ where: { user_id: person.id } });
const signIn = (username: string) => new TestClient(server.url).post("/login", { username, password: PASSWORD });

describe("PATCH /api/v1/me with a name", () => {
  it("answers with who one is now, tells whoever shares a conversation, and lets one's sockets reconnect", async () => {
    const mallory = await newOutsider(server, freshName("Mallory"));
    const [own, bens, outside] = await Promise.all([ada.connect(), ben.connect(), mallory.connect()]);
    const before = await meOf(ada);
    const username = freshName("Ada Lovelace");

    const answer = await update(ada, { username: ` ${username}  ` });
    expect([answer.status, answer.body]).toEqual([200, { me: { ...before, username } }]);
    const user = { ...ada.person, username };
    expect((await bens.next("user.updated")).user).toEqual(user);
    expect(await own.closed()).toBe(4403);
    const again = await ada.connect();
    expect((await again.next("ready")).me).toEqual(answer.body.me);
    await Promise.all([bens.settled(), outside.settled()]);
    expect(bens.all("user.updated")).toHaveLength(1);
    expect(outside.all("user.updated")).toEqual([]);
    expect([bens.closeCode, outside.closeCode]).toEqual([null, null]);
    for (const socket of [again, bens, outside]) socket.close();
  });

  it("signs one in by the new name from then on; the old one is free", async () => {
    const username = freshName("Ada Lovelace");
    await update(ada, { username });
    expect((await signIn(username)).status).toBe(200);
    expect((await signIn(ada.person.username)).status).toBe(401);
    const other = await newGuest(server.url, ada.person.username);
    expect(other.person.id).not.toBe(ada.person.id);
  });

  it("is noted with both names and from where; the same name again is not", async () => {
    const username = freshName("Ada Lovelace");
    for (const _again of [1, 2]) expect((await update(ada, { username, language: "de" })).status).toBe(200);
    expect(await notedOf(ada)).toMatchObject([
      {
        action: "account.renamed",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { from: ada.person.username, to: username },
      },
    ]);
  });

  it.each([
    ["somebody else's", () => ben.person.username],
    ["somebody else's in capitals", () => ben.person.username.toUpperCase()],
    ["somebody else's in other letters", () => ben.person.username.replace("Ben", "Ｂｅｎ")],
    ["one that stands for guests who are gone", () => "GUEST"],
    ["one that stands for people who are gone", () => "Ｄeleted  user"],
  ])("refuses %s: 409, and tells nobody", async (_whose, nameOf) => {
    const [own, bens] = await Promise.all([ada.connect(), ben.connect()]);
    const answer = await update(ada, { username: nameOf(), language: "de" });
    expect([answer.status, answer.body.code]).toEqual([409, "username_taken"]);
    await Promise.all([own.settled(), bens.settled()]);
    expect(bens.all("user.updated")).toEqual([]);
    expect(await meOf(ada)).toMatchObject({ username: ada.person.username, language: "en" });
    expect(await notedOf(ada)).toEqual([]);
    own.close();
    bens.close();
  });

  it("lets one write one's own name otherwise", async () => {
    const username = ada.person.username.toUpperCase();
    expect((await update(ada, { username })).body.me.username).toBe(username);
  });

  it("tells nobody of the name one has already", async () => {
    const [own, bens] = await Promise.all([ada.connect(), ben.connect()]);
    expect((await update(ada, { username: ada.person.username })).status).toBe(200);
    await Promise.all([own.settled(), bens.settled()]);
    expect([own.closeCode, bens.all("user.updated")]).toEqual([null, []]);
    own.close();
    bens.close();
  });

  it("gives a name that many want at once to one of them", async () => {
    const username = freshName("Wanted");
    const people = [ada, ben, await newGuest(server.url, freshName("Carol")), await asProgram(ada)];
    const answers = await Promise.all(people.map((person) => update(person, { username })));
    const gotIt = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.me.id));
    expect(gotIt.size).toBe(1);
    expect(answers.filter(({ body }) => body.code === "username_taken").length).toBeGreaterThanOrEqual(2);
    expect(await server.db.user.count({ where: { username } })).toBe(1);
  });

  it("lets guests and programs change it, too", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const socket = await ben.connect();
    const username = freshName("Carol Shaw");
    expect((await update(carol, { username })).body.me).toMatchObject({ username, role: "guest" });
    expect((await socket.next("user.updated")).user).toEqual({ ...carol.person, username });

    const program = freshName("Ada of the program");
    expect((await update(await asProgram(ada), { username: program })).body.me.username).toBe(program);
    expect((await meOf(ada)).username).toBe(program);
    socket.close();
  });
});

describe("PATCH /api/v1/me with a language", () => {
  it("keeps it, and tells nobody", async () => {
    const [own, bens] = await Promise.all([ada.connect(), ben.connect()]);
    const answer = await update(ada, { language: "ja" });
    expect([answer.status, answer.body.me]).toEqual([200, await meOf(ada)]);
    expect(answer.body.me).toMatchObject({ language: "ja", username: ada.person.username });
    await Promise.all([own.settled(), bens.settled()]);
    expect([own.closeCode, bens.all("user.updated")]).toEqual([null, []]);
    // A name alone leaves it as it is.
    expect((await update(ada, { username: freshName("Ada") })).body.me.language).toBe("ja");
    bens.close();
  });
});

describe("PATCH /api/v1/me", () => {
  it("is closed to strangers, and to an account that is gone", async () => {
    const stranger = await update(new TestClient(server.url), { language: "de" });
    expect([stranger.status, stranger.body.code]).toEqual([401, "sign_in_required"]);
    await server.db.user.update({ where: { id: ada.person.id }, data: { deactivated_at: new Date() } });
    expect((await update(ada, { username: freshName("Ghost") })).status).toBe(401);
    expect((await server.db.user.findUniqueOrThrow({ where: { id: ada.person.id } })).username).toBe(
      ada.person.username,
    );
  });
});
