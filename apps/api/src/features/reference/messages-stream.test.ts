import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { insertGroup, say } from "../../../test/test-conversation.ts";
import { bearer, newTokens } from "../../../test/test-program.ts";

const MANY = 5_000;
const BIG = 200_000;
/** As many as fit into one statement's time. */
const INSERTED_AT_ONCE = 25_000;

let server: TestServer;
let ada: TestClient;
let token: string;

beforeAll(async () => {
  server = await startServer();
  await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  token = (await newTokens(server.url, "Ada")).access_token;
});
afterAll(() => server.stop());

/** A conversation of Ada's with this many messages, each of which says its own number. */
async function conversationOf(count: number): Promise<string> {
  const id = await insertGroup(server.db, `${count} messages`, [ada.person.id]);
  for (let from = 1; from <= count; from += INSERTED_AT_ONCE)
    await server.db.$executeRaw`
      INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client)
      SELECT gen_random_uuid(), ${id}::uuid, n, n, ${ada.person.id}::uuid, n || repeat(' ', 100), now()
        FROM generate_series(${from}::int, ${Math.min(count, from + INSERTED_AT_ONCE - 1)}::int) n`;
  await server.db.$executeRaw`UPDATE conversations SET last_seq = ${count}, revision = ${count} WHERE id = ${id}::uuid`;
  return id;
}

/** Asks over a plain connection, so that what the server does to the stream can be seen. */
function ask(
  url: string,
  conversation: string,
): Promise<{ request: http.ClientRequest; response: http.IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${url}/conversation/${conversation}/messages`, { headers: bearer(token), agent: false });
    request.on("error", reject);
    request.on("response", (response) => resolve({ request, response }));
  });
}

async function readAll(url: string, conversation: string, onChunk: () => void = () => undefined): Promise<number[]> {
  const { response } = await ask(url, conversation);
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
    onChunk();
  }
  const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: string }[] };
  return messages.map((message) => Number(message.content));
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The moment the first bytes have come, the client goes away. */
async function abortEarly(url: string, conversation: string): Promise<void> {
  const { request, response } = await ask(url, conversation);
  await new Promise((resolve) => response.once("data", resolve));
  response.on("error", () => undefined);
  request.destroy();
}

const activeQueries = async () => {
  const [row] = await server.db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()`;
  return row?.n;
};

describe("GET /conversation/:conv_id/messages without a limit", () => {
  it("streams all of them: complete, in order, one JSON document", async () => {
    const conversation = await conversationOf(MANY);
    const { response } = await ask(server.url, conversation);
    expect(response.headers["transfer-encoding"]).toBe("chunked");
    expect(response.headers["content-length"]).toBeUndefined();
    expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
    response.destroy();
    expect(await readAll(server.url, conversation)).toEqual(upTo(MANY));
  });

  it("is the same compressed, for a client that asks so", async () => {
    const conversation = await conversationOf(MANY);
    for (const encoding of ["gzip", "br"]) {
      const { headers, body } = await ada.get(`/conversation/${conversation}/messages`, {
        "accept-encoding": encoding,
      });
      expect(headers.get("content-encoding")).toBe(encoding);
      expect(body.messages.map((message: { content: string }) => Number(message.content))).toEqual(upTo(MANY));
    }
  });

  it("is complete at the edges of what is fetched at a time", async () => {
    for (const count of [1, 249, 250, 251, 500])
      expect(await readAll(server.url, await conversationOf(count))).toEqual(upTo(count));
  });

  it("gives what there was when it was asked for, while people go on writing", async () => {
    const conversation = await conversationOf(MANY);
    const { response } = await ask(server.url, conversation);
    await say(ada, conversation, `${MANY + 1}`);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString()).messages).toHaveLength(MANY);
    expect(await readAll(server.url, conversation)).toEqual(upTo(MANY + 1));
  });

  it("ends with a broken connection, not with half a document that looks whole, when the database fails", async () => {
    const conversation = await conversationOf(MANY);
    // A message that the query cannot read: what comes before it is on its way by then.
    await server.db.$executeRaw`
      UPDATE messages SET sent_from_client = 'infinity' WHERE conversation_id = ${conversation}::uuid AND seq = ${MANY}`;
    await expect(readAll(server.url, conversation)).rejects.toThrow(/aborted|terminated|hang up/);
    expect((await ada.get("/healthz")).status).toBe(200);
  });
});

describe("a big conversation", () => {
  let node: { url: string; child: ChildProcess };
  let conversation: string;

  beforeAll(async () => {
    conversation = await conversationOf(BIG);
    node = await startNode(server.config.databaseUrl ?? "");
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => node.child.once("exit", resolve));
    node.child.kill();
    await gone;
  });

  const megabytes = () => Number(execFileSync("ps", ["-o", "rss=", "-p", String(node.child.pid)]).toString()) / 1024;

  it("is delivered complete and in order, with the server's memory growing by less than 50 MB", async () => {
    // As much work in small pieces: a runtime that has not worked yet grows by that alone, to a size it then keeps.
    const small = await conversationOf(MANY);
    for (let read = 0; read < BIG / MANY; read += 1) await readAll(node.url, small);
    const before = megabytes();
    let most = before;
    let chunks = 0;
    const seqs = await readAll(node.url, conversation, () => {
      chunks += 1;
      if (chunks % 50 === 0) most = Math.max(most, megabytes());
    });
    expect(seqs).toEqual(upTo(BIG));
    expect(most - before).toBeLessThan(50);
  });

  it("is read no further for clients that have gone away: the server is idle at once, and lives", async () => {
    const startedAt = Date.now();
    await readAll(node.url, conversation);
    const usually = Date.now() - startedAt;
    await Promise.all(Array.from({ length: 40 }, () => abortEarly(node.url, conversation)));
    await expect.poll(activeQueries, { timeout: 2_000 }).toBe(0);
    const restartedAt = Date.now();
    expect(await readAll(node.url, conversation)).toHaveLength(BIG);
    expect(Date.now() - restartedAt).toBeLessThan(3 * usually + 1_000);
  });
});

/** A second node in a process of its own, whose memory is nobody else's. */
async function startNode(databaseUrl: string): Promise<{ url: string; child: ChildProcess }> {
  const main = fileURLToPath(new URL("../../server.ts", import.meta.url));
  const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "error" };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (bytes) => {
      said += bytes;
      const found = /ready at (\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(`the node did not start: ${said}`)));
  });
  return { url, child };
}
