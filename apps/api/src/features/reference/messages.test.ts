import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { messagesPath, newGroup, say } from "../../../test/test-conversation.ts";
import { asProgram } from "../../../test/test-program.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
});
afterAll(() => server.stop());

const pathOf = (group: string, query = "") => `/conversation/${group}/messages${query}`;
const KEYS = ["id", "conversation_id", "sender_id", "content", "sent_from_client", "sent_from_server"];

async function groupOf(count: number): Promise<string> {
  const group = await newGroup(administrator, freshName("Group"), [ada]);
  for (let n = 1; n <= count; n += 1) await say(ada, group, `${n}`);
  return group;
}

async function contents(client: TestClient, group: string, query = ""): Promise<string[]> {
  const { status, body } = await client.get(pathOf(group, query));
  expect(status, query).toBe(200);
  expect(Object.keys(body)).toEqual(["messages"]);
  return body.messages.map((message: { content: string }) => message.content);
}

describe("GET /conversation/:conv_id/messages", () => {
  it("gives every message oldest first, with exactly the reference's members", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const group = await newGroup(administrator, "Exact", [ada, carol]);
    const [first, second] = [newId(), newId()];
    const sent_from_client = "2026-02-03T04:05:06.789Z";
    await ada.post(messagesPath(group), { id: first, content: `"Hello"\n\\ 👋 </script>`, sent_from_client });
    await say(carol, group, "Hi", second);
    for (const client of [ada, carol, administrator, await asProgram(ada), await asProgram(carol)]) {
      const answer = await client.get(pathOf(group));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(answer.body.messages.map((each: object) => Object.keys(each))).toEqual([KEYS, KEYS]);
      expect(answer.body).toEqual({
        messages: [
          {
            id: first,
            conversation_id: group,
            sender_id: ada.person.id,
            content: `"Hello"\n\\ 👋 </script>`,
            sent_from_client,
            sent_from_server: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          },
          expect.objectContaining({ id: second, sender_id: carol.person.id, content: "Hi" }),
        ],
      });
    }
  });

  it("says of an empty conversation that there is none, however asked", async () => {
    const group = await groupOf(0);
    for (const query of ["", "?limit=1", "?before=0", "?before=1", "?after=0", "?after=9", "?limit=9&before=9&after=1"])
      expect((await ada.get(pathOf(group, query))).body, query).toEqual({ messages: [] });
  });

  it("gives what a limit, before and after say, at every edge", async () => {
    const group = await groupOf(5);
    const expected: [string, string][] = [
      ["", "12345"],
      ["?limit=1", "5"],
      ["?limit=4", "2345"],
      ["?limit=5", "12345"],
      ["?limit=6", "12345"],
      ["?limit=1000", "12345"],
      ["?limit=2147483647", "12345"],
      ["?before=0", ""],
      ["?before=1", ""],
      ["?before=2", "1"],
      ["?before=5", "1234"],
      ["?before=6", "12345"],
      ["?before=2147483647", "12345"],
      ["?after=0", "12345"],
      ["?after=1", "2345"],
      ["?after=4", "5"],
      ["?after=5", ""],
      ["?after=2147483647", ""],
      ["?before=4&limit=2", "23"],
      ["?before=2&limit=2", "1"],
      ["?before=1&limit=2", ""],
      ["?after=0&limit=2", "12"],
      ["?after=3&limit=2", "45"],
      ["?after=4&limit=2", "5"],
      ["?after=5&limit=2", ""],
      ["?after=1&before=5", "234"],
      ["?after=1&before=5&limit=2", "23"],
      ["?after=1&before=2", ""],
      ["?after=4&before=2", ""],
    ];
    for (const [query, seqs] of expected) expect(await contents(ada, group, query), query).toEqual([...seqs]);
  });

  it("refuses what is no number, or not one of the three, with 400 naming the field", async () => {
    const group = await groupOf(1);
    for (const [query, field] of [
      ["?limit=0", "limit"],
      ["?limit=-1", "limit"],
      ["?limit=ten", "limit"],
      ["?limit=1.5", "limit"],
      ["?limit=2147483648", "limit"],
      ["?limit=1&limit=2", "limit"],
      ["?limit=", "limit"],
      ["?before=-1", "before"],
      ["?before=now", "before"],
      ["?before=99999999999999999999", "before"],
      ["?after=-1", "after"],
      ["?after=NaN", "after"],
      ["?offset=1", "offset"],
      ["?__proto__=1", "__proto__"],
    ]) {
      const answer = await ada.get(pathOf(group, query));
      expect([answer.status, answer.body.errors?.[0]?.field], query).toEqual([400, field]);
    }
  });

  it("has no HEAD: it would read everything for nobody", async () => {
    expect((await ada.send("HEAD", pathOf(await groupOf(1)))).status).toBe(404);
  });
});
