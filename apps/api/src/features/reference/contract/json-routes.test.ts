import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bothWays, type Cast, gatherCast, LIVE_ACTORS, SIGNED_OUT_ACTORS } from "../../../../test/actors.ts";
import { startServer, type TestServer } from "../../../../test/start-server.ts";
import { type Answer, newUser, type TestClient } from "../../../../test/test-client.ts";
import { messagesPath } from "../../../../test/test-conversation.ts";

// The rows of the reference's table "JSON routes".

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const SAID_AT = "2026-02-03T04:05:06.789Z";

let server: TestServer;
let cast: Cast;

beforeAll(async () => {
  server = await startServer();
  cast = await gatherCast(server);
  for (const [sender, content] of [
    ["member", "Hello"],
    ["guest", "Hi"],
    ["member", "Shall we begin?"],
  ] as const)
    await cast.actors[sender].post(messagesPath(cast.group), { id: newId(), content, sent_from_client: SAID_AT });
});
afterAll(() => server.stop());

const user = (whose: TestClient) => `/user/${whose.person.id}/conversations`;

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.status, answer.body.code]).toEqual([status, status, code]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.body.message).toMatch(/\.$/);
}

function expectJson(answer: Answer): void {
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
}

/** Nobody without credentials that hold learns anything from a route, be there something or not. */
function isClosedWithoutCredentials(paths: () => string[]): void {
  it.each(SIGNED_OUT_ACTORS)("answers 401 without a credential that holds: %s", async (actor) => {
    for (const path of paths()) expectProblem(await cast.actors[actor].get(path), 401, "sign_in_required");
  });
}

describe("GET /user/:user_id/conversations", () => {
  isClosedWithoutCredentials(() => [user(cast.actors.member), user(cast.actors.guest), "/user/me/conversations"]);

  it("lists a person's conversations for that person, in the reference's shape", async () => {
    const { member, administrator } = cast.actors;
    const byName: Record<string, object> = {
      General: { id: cast.general, owner_id: administrator.person.id, description: expect.anything() },
      Launch: { id: cast.group, owner_id: administrator.person.id, description: null },
      Ben: { id: cast.direct, owner_id: null, description: null },
    };
    for (const whose of [member.person.id, "me", "ada@example.org"])
      for (const client of await bothWays(member)) {
        const answer = await client.get(`/user/${whose}/conversations`);
        expectJson(answer);
        const expected = Object.entries(byName).map(([name, facts]) => ({
          conversation_id: (facts as { id: string }).id,
          name,
          role: "member",
          user_id: member.person.id,
          joined_at: expect.stringMatching(MOMENT),
          created_at: expect.stringMatching(MOMENT),
          updated_at: expect.stringMatching(MOMENT),
          ...facts,
        }));
        expect(answer.body).toEqual({ conversations: expected });
      }
  });

  it("says the person's role in each", async () => {
    const { body } = await cast.actors.administrator.get("/user/me/conversations");
    const roles = body.conversations.map((each: { name: string; role: string }) => [each.name, each.role]);
    expect(Object.fromEntries(roles)).toMatchObject({ Launch: "owner", Alone: "owner" });
  });

  it("is the person's own and administrators': 404 for everybody else", async () => {
    const { member, guest, administrator } = cast.actors;
    for (const whose of [member, guest])
      for (const actor of LIVE_ACTORS)
        for (const client of await bothWays(cast.actors[actor])) {
          const answer = await client.get(user(whose));
          if (client.person.id === whose.person.id || actor === "administrator") expectJson(answer);
          else expectProblem(answer, 404, "user_not_found");
        }
    for (const client of await bothWays(administrator))
      expectProblem(await client.get(`/user/${newId()}/conversations`), 404, "user_not_found");
    expectProblem(await cast.actors["other user"].get("/user/ada@example.org/conversations"), 404, "user_not_found");
  });
});

describe("GET /conversation/:conv_id/messages", () => {
  const path = (query = "", id = cast.group) => `/conversation/${id}/messages${query}`;
  const contents = async (query: string) => {
    const { body } = await cast.actors.member.get(path(query));
    return body.messages.map((message: { content: string }) => message.content);
  };

  isClosedWithoutCredentials(() => [path(), path("", newId())]);

  it("gives all messages oldest first, in the reference's shape", async () => {
    const { member, guest } = cast.actors;
    const expected = [
      [member, "Hello"],
      [guest, "Hi"],
      [member, "Shall we begin?"],
    ] as const;
    const answer = await member.get(path());
    expectJson(answer);
    expect(answer.body).toEqual({
      messages: expected.map(([sender, content]) => ({
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        conversation_id: cast.group,
        sender_id: sender.person.id,
        content,
        sent_from_client: SAID_AT,
        sent_from_server: expect.stringMatching(MOMENT),
      })),
    });
  });

  it("takes limit, before and after", async () => {
    expect(await contents("?limit=2")).toEqual(["Hi", "Shall we begin?"]);
    expect(await contents("?after=1")).toEqual(["Hi", "Shall we begin?"]);
    expect(await contents("?before=3")).toEqual(["Hello", "Hi"]);
    expect(await contents("?after=0&limit=1")).toEqual(["Hello"]);
    expectProblem(await cast.actors.member.get(path("?limit=many")), 400, "request_invalid");
  });

  it("is for members and administrators: 404 for everybody else", async () => {
    await isForMembersAndAdministrators((id) => path("", id));
  });
});

describe("GET /conversation/:conv_id", () => {
  isClosedWithoutCredentials(() => [`/conversation/${cast.group}`, `/conversation/${newId()}`]);

  it("gives the conversation in the reference's envelope", async () => {
    const answer = await cast.actors.member.get(`/conversation/${cast.group}`);
    expectJson(answer);
    expect(answer.body).toEqual({
      messages: {
        id: cast.group,
        name: "Launch",
        description: null,
        owner_id: cast.actors.administrator.person.id,
        created_at: expect.stringMatching(MOMENT),
        updated_at: expect.stringMatching(MOMENT),
      },
    });
    const direct = await cast.actors.member.get(`/conversation/${cast.direct}`);
    expect(direct.body.messages).toMatchObject({ id: cast.direct, name: "Ben", owner_id: null });
  });

  it("is for members and administrators: 404 for everybody else", async () => {
    await isForMembersAndAdministrators((id) => `/conversation/${id}`);
  });
});

async function isForMembersAndAdministrators(pathOf: (id: string) => string): Promise<void> {
  const { group, direct, foreign } = cast;
  const readable: Record<(typeof LIVE_ACTORS)[number], string[]> = {
    guest: [group],
    member: [group, direct],
    "ex-member": [],
    "other user": [],
    administrator: [group, direct, foreign],
  };
  for (const actor of LIVE_ACTORS)
    for (const client of await bothWays(cast.actors[actor]))
      for (const id of [group, direct, foreign, newId()]) {
        const answer = await client.get(pathOf(id));
        if (readable[actor].includes(id)) expectJson(answer);
        else expectProblem(answer, 404, "conversation_not_found");
      }
  expectProblem(await cast.actors.member.get(pathOf("nonsense")), 400, "request_invalid");
}

describe("credentials that come and go", () => {
  it("count at the very next call", async () => {
    const late = await newUser(server.url, "Late");
    const clients = await bothWays(late);
    for (const client of clients) expectJson(await client.get("/user/me/conversations"));
    await server.db.session.deleteMany({ where: { user_id: late.person.id } });
    for (const client of clients) expectProblem(await client.get("/user/me/conversations"), 401, "sign_in_required");
  });
});
