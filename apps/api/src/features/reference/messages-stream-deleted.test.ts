import http from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, newGroup } from "../../../test/test-conversation.ts";

/** More than the network holds for a reader who does not read: the server has not asked for the last of them. */
const MANY = 15_000;
const AT_ONCE = 2_500;
const LENGTH = 2_000;

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

async function insertMessages(id: string): Promise<void> {
  for (let from = 1; from <= MANY; from += AT_ONCE)
    await server.db.$executeRaw`
      INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client)
      SELECT gen_random_uuid(), ${id}::uuid, n, n + 100, ${ada.person.id}::uuid, repeat('x', ${LENGTH}::int), now()
        FROM generate_series(${from}::int, ${from + AT_ONCE - 1}::int) n`;
  await server.db.conversation.update({ where: { id }, data: { last_seq: MANY, revision: MANY + 100 } });
}

/** The answer to a reader who has read nothing of it yet. */
function ask(id: string): Promise<http.IncomingMessage> {
  const headers = { cookie: ada.cookie ?? "" };
  return new Promise((resolve, reject) => {
    http.get(`${server.url}/conversation/${id}/messages`, { headers, agent: false }, resolve).on("error", reject);
  });
}

/** All that comes, and whether it came to an orderly end. */
async function readToEnd(response: http.IncomingMessage): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch {
    // Broken off: told by `complete`.
  }
  return { text: Buffer.concat(chunks).toString(), isWhole: response.complete };
}

it("a history whose group is deleted while it is streamed ends broken, and does not look as if it were whole", async () => {
  const id = await newGroup(ada, "Doomed", []);
  await insertMessages(id);
  const whole = await readToEnd(await ask(id));
  expect(whole.isWhole).toBe(true);
  expect(JSON.parse(whole.text).messages).toHaveLength(MANY);

  const response = await ask(id);
  expect((await ada.post(conversationPath(id, "/delete"), { name: "Doomed" })).status).toBe(204);
  const { text, isWhole } = await readToEnd(response);
  expect(isWhole).toBe(false);
  expect(text.startsWith('{"messages":[{')).toBe(true);
  expect(text.endsWith("]}")).toBe(false);
  expect(text.length).toBeLessThan(whole.text.length);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});
