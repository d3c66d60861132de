import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
import { generalOf, newGroup } from "../../../test/test-conversation.ts";
import { asProgram } from "../../../test/test-program.ts";

let server: TestServer;
let administrator: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

const newAda = () => newUser(server.url, freshName("Ada"));
const pathOf = (whose: string) => `/user/${encodeURIComponent(whose)}/conversations`;
const KEYS = [
  "id",
  "conversation_id",
  "name",
  "description",
  "owner_id",
  "role",
  "user_id",
  "joined_at",
  "created_at",
  "updated_at",
];
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The same question by a browser and by a program, which have the same rights. */
async function bothWays(client: TestClient, path: string): Promise<Answer[]> {
  const program = await asProgram(client);
  return [await client.get(path), await program.get(path)];
}

function expectNotFound(answer: Answer): void {
  expect(answer.status).toBe(404);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect({ ...answer.body, request_id: null }).toEqual({
    type: "urn:confab:problem:user_not_found",
    title: "There is no such person, or you may not see them.",
    status: 404,
    code: "user_not_found",
    message: "There is no such person, or you may not see them.",
    request_id: null,
  });
}

describe("GET /user/:user_id/conversations", () => {
  it("lists a person's conversations with exactly the reference's members", async () => {
    const ada = await newAda();
    const general = await generalOf(ada);
    const made = await administrator.post("/api/v1/conversations", {
      kind: "group",
      name: "Launch",
      description: "The day we ship",
      member_ids: [ada.person.id],
    });
    const launch = made.body.conversation;
    for (const answer of await bothWays(ada, pathOf("me"))) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
      expect(Object.keys(answer.body)).toEqual(["conversations"]);
      expect(answer.body.conversations.map((each: object) => Object.keys(each))).toEqual([KEYS, KEYS]);
      expect(answer.body.conversations).toEqual([
        {
          id: general.id,
          conversation_id: general.id,
          name: "General",
          description: general.description,
          owner_id: administrator.person.id,
          role: "member",
          user_id: ada.person.id,
          joined_at: expect.stringMatching(MOMENT),
          created_at: general.created_at,
          updated_at: expect.stringMatching(MOMENT),
        },
        {
          id: launch.id,
          conversation_id: launch.id,
          name: "Launch",
          description: "The day we ship",
          owner_id: administrator.person.id,
          role: "member",
          user_id: ada.person.id,
          joined_at: expect.stringMatching(MOMENT),
          created_at: launch.created_at,
          updated_at: launch.updated_at,
        },
      ]);
    }
  });

  it("tells owner from member: the role is the person's in the conversation, not in the workspace", async () => {
    const ada = await newAda();
    const group = await newGroup(administrator, "Owned", [ada]);
    const roleIn = async (whose: string) => {
      const { body } = await administrator.get(pathOf(whose));
      const found = body.conversations.find((each: { id: string }) => each.id === group);
      return [found.role, found.user_id];
    };
    expect(await roleIn("me")).toEqual(["owner", administrator.person.id]);
    expect(await roleIn(ada.person.id)).toEqual(["member", ada.person.id]);
  });

  it("names a direct conversation after the other person, whoever asks", async () => {
    const [ada, ben] = [await newAda(), await newUser(server.url, freshName("Ben"))];
    const made = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const nameFor = async (asker: TestClient, whose: TestClient) => {
      const { body } = await asker.get(pathOf(whose.person.id));
      return body.conversations.find((each: { id: string }) => each.id === made.body.conversation.id).name;
    };
    expect(await nameFor(ada, ada)).toBe(ben.person.username);
    expect(await nameFor(ben, ben)).toBe(ada.person.username);
    expect(await nameFor(administrator, ben)).toBe(ada.person.username);
  });

  it("takes me, the own id and the own e-mail address, in any case, for oneself", async () => {
    const ada = await newAda();
    const email = `${ada.person.username.toLowerCase().replace(" ", ".")}@example.org`;
    const { body: expected } = await ada.get(pathOf("me"));
    for (const whose of [ada.person.id, ada.person.id.toUpperCase(), email, email.toUpperCase()])
      for (const answer of await bothWays(ada, pathOf(whose))) expect(answer.body).toEqual(expected);
    expect((await ada.get(`/user/${email}/conversations`)).body).toEqual(expected);
  });

  it("takes an e-mail address of any length and alphabet", async () => {
    const local = `${"a".repeat(60)}+x`;
    const email = `${local}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.org`;
    const username = freshName("Ada");
    const client = new TestClient(server.url);
    expect((await client.post("/register", { username, email, password: PASSWORD })).status).toBe(201);
    await client.post("/login", { username, password: PASSWORD });
    for (const path of [pathOf(email), `/user/${email}/conversations`])
      expect((await client.get(path)).body.conversations).toHaveLength(1);
  });

  it("gives administrators anybody's by id, and those of an administrator to nobody else", async () => {
    const ada = await newAda();
    const guest = await newGuest(server.url, freshName("Carol"));
    for (const person of [ada, guest])
      for (const answer of await bothWays(administrator, pathOf(person.person.id))) {
        expect(answer.status).toBe(200);
        expect(answer.body).toEqual((await person.get(pathOf("me"))).body);
      }
    for (const answer of await bothWays(ada, pathOf(administrator.person.id))) expectNotFound(answer);
  });

  it("answers 404, the same, for somebody else, for nobody, for a name and for somebody else's e-mail address", async () => {
    const ada = await newAda();
    const guest = await newGuest(server.url, freshName("Carol"));
    for (const asker of [mallory, guest])
      for (const whose of [
        ada.person.id,
        newId(),
        ada.person.username,
        "ME",
        "grace@example.org",
        "x",
        "' OR 1=1 --",
        "%",
      ])
        for (const answer of await bothWays(asker, pathOf(whose))) expectNotFound(answer);
    for (const whose of [newId(), ada.person.username, "mallory@example.org", "x"])
      for (const answer of await bothWays(administrator, pathOf(whose))) expectNotFound(answer);
  });

  it("lists a conversation no more when the person has left it, and none when they are in none", async () => {
    const ada = await newAda();
    await server.db.conversationMember.deleteMany({ where: { user_id: ada.person.id } });
    for (const answer of await bothWays(ada, pathOf("me"))) expect(answer.body).toEqual({ conversations: [] });
  });

  it("is refused with 401 without a credential, and with one that holds no more", async () => {
    const anybody = new TestClient(server.url);
    for (const whose of ["me", mallory.person.id, newId()]) {
      const answer = await anybody.get(pathOf(whose));
      expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
    }
    const ada = await newAda();
    const program = await asProgram(ada);
    await server.db.user.update({ where: { id: ada.person.id }, data: { deactivated_at: new Date() } });
    for (const client of [ada, program]) expect((await client.get(pathOf("me"))).status).toBe(401);
  });

  it("is refused with 400 for a name that is no text, or endless", async () => {
    for (const name of ["a%00b", "%ED%A0%80", "x".repeat(255), "x".repeat(1_000)]) {
      const answer = await mallory.get(`/user/${name}/conversations`);
      expect(answer.status, name).toBe(400);
      expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    }
  });
});
