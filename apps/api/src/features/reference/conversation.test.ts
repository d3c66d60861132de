import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, TestClient } from "../../../test/test-client.ts";
import { generalOf, say } from "../../../test/test-conversation.ts";
import { asProgram, bearer } from "../../../test/test-program.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let guest: TestClient;
let mallory: TestClient;
let group: { id: string; created_at: string; updated_at: string };

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await newUser(server.url, freshName("Ada"));
  guest = await newGuest(server.url, freshName("Carol"));
  const member_ids = [ada.person.id, guest.person.id];
  const made = await administrator.post("/api/v1/conversations", { kind: "group", name: "Launch", member_ids });
  group = made.body.conversation;
  await say(ada, group.id, "Hello");
});

/** Both routes below one conversation are seen by the same people. */
const PATHS = [(id: string) => `/conversation/${id}`, (id: string) => `/conversation/${id}/messages`];

describe("GET /conversation/:conv_id", () => {
  it("gives the conversation, in the reference's envelope, with exactly its members", async () => {
    for (const client of [ada, guest, administrator, await asProgram(ada), await asProgram(guest)]) {
      const answer = await client.get(`/conversation/${group.id}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
      expect(Object.keys(answer.body.messages)).toEqual([
        "id",
        "name",
        "description",
        "owner_id",
        "created_at",
        "updated_at",
      ]);
      expect(answer.body).toEqual({
        messages: {
          id: group.id,
          name: "Launch",
          description: null,
          owner_id: administrator.person.id,
          created_at: group.created_at,
          updated_at: expect.stringMatching(/Z$/),
        },
      });
    }
  });

  it("names a direct conversation after the other person, or both people for somebody outside", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const { body } = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
    const nameFor = async (client: TestClient) =>
      (await client.get(`/conversation/${body.conversation.id}`)).body.messages.name;
    expect(await nameFor(ada)).toBe(ben.person.username);
    expect(await nameFor(ben)).toBe(ada.person.username);
    expect(await nameFor(administrator)).toBe(`${ada.person.username} and ${ben.person.username}`);
  });

  it("gives the group everyone is in, and one that nobody owns any more", async () => {
    const general = await generalOf(ada);
    expect((await ada.get(`/conversation/${general.id}`)).body.messages.name).toBe("General");
    await server.db.conversation.update({ where: { id: group.id }, data: { owner_id: null } });
    expect((await ada.get(`/conversation/${group.id}`)).body.messages.owner_id).toBeNull();
  });
});

describe.each(PATHS)("the door of one conversation (%#)", (pathOf) => {
  it("is closed to people outside, who cannot tell a conversation from none: 404, the same body", async () => {
    const bodies: object[] = [];
    const outsider = await newGuest(server.url, freshName("Carol"));
    for (const client of [mallory, outsider, await asProgram(mallory), await asProgram(outsider)])
      for (const id of [group.id, newId()]) {
        const answer = await client.get(pathOf(id));
        expect(answer.status).toBe(404);
        expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
        bodies.push({ ...answer.body, request_id: null });
      }
    for (const body of bodies) expect(body).toEqual({ ...bodies[0], code: "conversation_not_found" });
    const unknown = await administrator.get(pathOf(newId()));
    expect({ ...unknown.body, request_id: null }).toEqual(bodies[0]);
  });

  it("closes at once behind a person who is no longer a member", async () => {
    const program = await asProgram(ada);
    for (const client of [ada, program]) expect((await client.get(pathOf(group.id))).status).toBe(200);
    await server.db.conversationMember.deleteMany({ where: { user_id: ada.person.id, conversation_id: group.id } });
    for (const client of [ada, program]) expect((await client.get(pathOf(group.id))).status).toBe(404);
  });

  it("is open to administrators who are not in it, until they are none", async () => {
    const other = await newUser(server.url, freshName("Ada"));
    const program = await asProgram(other);
    const become = (role: "admin" | "user") =>
      server.db.user.update({ where: { id: other.person.id }, data: { role } });
    await become("admin");
    for (const client of [other, program]) expect((await client.get(pathOf(group.id))).status).toBe(200);
    await become("user");
    for (const client of [other, program]) expect((await client.get(pathOf(group.id))).status).toBe(404);
  });

  it("asks for a credential that holds: 401 without, expired, revoked, made up", async () => {
    const program = await asProgram(guest);
    await server.db.user.update({ where: { id: guest.person.id }, data: { expires_at: new Date(Date.now() - 1) } });
    const anybody = new TestClient(server.url);
    const answers = [
      await anybody.get(pathOf(group.id)),
      await anybody.get(pathOf(newId())),
      await anybody.get(pathOf(group.id), bearer("made-up")),
      await anybody.get(pathOf(group.id), { cookie: "confab_session=made-up" }),
      await guest.get(pathOf(group.id)),
      await program.get(pathOf(group.id)),
    ];
    for (const answer of answers) expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
  });

  it("takes ids only: 400 naming the field", async () => {
    for (const id of ["1", "me", group.id.toUpperCase(), `${group.id}x`, `${group.id}%00`, "%D0%B0", "'--"]) {
      const answer = await ada.get(pathOf(id));
      expect([answer.status, answer.body.errors?.[0]?.field], id).toEqual([400, "conv_id"]);
    }
  });
});
