import { messagesPageSchema } from "@confab/shared/messages";
import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { onNode } from "../../../test/nodes.ts";
import { startSecondNode } from "../../../test/second-node.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { messagesPath, newGroup, say } from "../../../test/test-conversation.ts";

// What is kept ready between two requests must never be told from what is asked for anew.

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let ben: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  [ada, ben, mallory] = [
    await newUser(server.url, "Ada"),
    await newUser(server.url, "Ben"),
    await newUser(server.url, "Mallory"),
  ];
});
afterAll(() => server.stop());

async function newestOf(client: TestClient, group: string, query = "") {
  return messagesPageSchema.parse((await client.get(messagesPath(group) + query)).body).messages;
}

it("has what was said since, on this node or another", async () => {
  const group = await newGroup(administrator, "Nodes", [ada]);
  const elsewhere = await startSecondNode(server);
  const there = onNode(elsewhere, ada);
  for (const [reader, writer] of [
    [ada, there],
    [there, ada],
    [ada, ada],
  ] as const) {
    const before = await newestOf(reader, group);
    const { message } = (await say(writer, group, `after ${before.length}`)).body;
    expect(await newestOf(reader, group)).toEqual([...before, message]);
  }
  await elsewhere.stop();
});

it("has its senders as they are called now", async () => {
  const group = await newGroup(administrator, "Names", [ada, ben]);
  await say(ada, group, "one");
  await say(ben, group, "two");
  const before = await newestOf(ada, group);
  const username = freshName("Benjamin");
  expect((await ben.send("PATCH", "/api/v1/me", { username })).status).toBe(200);
  const after = await newestOf(ada, group);
  expect(after).toEqual([before[0], { ...before[1], sender: { ...before[1]?.sender, username } }]);
});

it("has every text as it was written, whatever it looks like", async () => {
  const group = await newGroup(administrator, "Texts", [ada]);
  const texts = ['"sender":null', '{"sender":null}', '\\"sender":null', "a\u2028b", "\\", '"', "$& $1 $`", "🌍 ä"];
  for (const text of texts) await say(ada, group, text);
  for (const _again of [1, 2]) expect((await newestOf(ada, group)).map(({ content }) => content)).toEqual(texts);
});

it("is as long as it was asked to be, and nobody's who may not read it", async () => {
  const group = await newGroup(administrator, "Lengths", [ada]);
  for (const text of ["one", "two", "three", "four", "five"]) await say(ada, group, text);
  for (const limit of [2, 5, 2, 3]) expect(await newestOf(ada, group, `?limit=${limit}`)).toHaveLength(limit);
  expect((await mallory.get(messagesPath(group))).status).toBe(404);
});

it("is read once for a crowd that finds it changed", async () => {
  const group = await newGroup(administrator, "Read once", [ada]);
  await say(ada, group, "hello");
  const asked = vi.spyOn(pg.Client.prototype, "query");
  const pages = await Promise.all(Array.from({ length: 50 }, () => newestOf(ada, group)));
  const texts = asked.mock.calls.map(([statement]) => JSON.stringify(statement));
  asked.mockRestore();
  expect(pages.map((messages) => messages.length)).toEqual(pages.map(() => 1));
  expect(texts.filter((text) => text.includes("x.seq <= "))).toHaveLength(1);
});

it("is everybody's own, of a crowd that asks at the same time", async () => {
  const groups = await Promise.all([ada, ben].map((each) => newGroup(administrator, freshName("Crowd"), [each])));
  const [adas = "", bens = ""] = groups;
  await say(ada, adas, "to Ada");
  await say(ben, bens, "to Ben");
  const asked = Array.from({ length: 20 }, () => [ada, ben, mallory]).flat();
  const answers = await Promise.all(asked.map((client) => client.get(messagesPath(adas))));
  for (const [index, { status, body }] of answers.entries()) {
    if (asked[index] === ada) expect(body.messages).toMatchObject([{ content: "to Ada" }]);
    else expect(status).toBe(404);
  }
});
