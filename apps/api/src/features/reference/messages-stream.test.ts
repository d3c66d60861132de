import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { newId } from "@confab/shared/ids";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { insertGroup, messageCommand, say } from "../../../test/test-conversation.ts";
import { bearer, newTokens } from "../../../test/test-program.ts";
import { TestSocket } from "../../../test/test-socket.ts";

const MANY = 5_000;
const BIG = 1_000_000;
/** As many as fit into one statement's time. */
const INSERTED_AT_ONCE = 10_000;

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
      SELECT lpad(to_hex(n), 32, '0')::uuid, ${id}::uuid, n, n, ${ada.person.id}::uuid, n || repeat(' ', 100), now()
        FROM generate_series(${from}::int, ${Math.min(count, from + INSERTED_AT_ONCE - 1)}::int) n`;
  await server.db.$executeRaw`UPDATE conversations SET last_seq = ${count}, revision = ${count} WHERE id = ${id}::uuid`;
  return id;
}

/** Asks over a plain connection, so that what the server does to the stream can be seen. */
function ask(
  url: string,
  conversation: string,
  query = "",
): Promise<{ request: http.ClientRequest; response: http.IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const path = `/conversation/${conversation}/messages${query}`;
    const request = http.get(url + path, { headers: bearer(token), agent: false });
    request.on("error", reject);
    request.on("response", (response) => resolve({ request, response }));
  });
}

/**
 * The messages of an answer one by one as they come, none of them kept. What stands between two of them cannot stand in
 * one: inside a text every quotation mark is escaped.
 */
async function* messagesOf(response: http.IncomingMessage): AsyncGenerator<{ content: string }> {
  const [head, between, tail] = ['{"messages":[', '"},{"', "]}"];
  let text = "";
  let isFirst = true;
  for await (const chunk of response.setEncoding("utf8")) {
    text += chunk;
    if (isFirst && text.length < head.length) continue;
    if (isFirst && !text.startsWith(head)) throw new Error(`not the head of an answer: ${text.slice(0, 100)}`);
    let from = isFirst ? head.length : 0;
    isFirst = false;
    for (let at = text.indexOf(between, from); at >= 0; at = text.indexOf(between, from)) {
      yield JSON.parse(text.slice(from, at + 2));
      from = at + 3;
    }
    text = text.slice(from);
  }
  if (!text.endsWith(tail)) throw new Error(`not the end of an answer: ${text.slice(-100)}`);
  if (text !== tail) yield JSON.parse(text.slice(0, -tail.length));
}

/** How many messages came. Throws at the first that is not the next one. */
async function readAll(url: string, conversation: string, query = "", first = 1): Promise<number> {
  const { response } = await ask(url, conversation, query);
  let count = 0;
  for await (const { content } of messagesOf(response)) {
    if (Number(content) !== first + count) throw new Error(`message ${content} after ${count} of them`);
    count += 1;
  }
  return count;
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
    expect(await readAll(server.url, conversation)).toBe(MANY);
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
    for (const count of [0, 1, 249, 250, 251, 500])
      expect(await readAll(server.url, await conversationOf(count))).toBe(count);
  });

  it("gives what there was when it was asked for, while people go on writing", async () => {
    const conversation = await conversationOf(MANY);
    const { response } = await ask(server.url, conversation);
    await say(ada, conversation, `${MANY + 1}`);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString()).messages).toHaveLength(MANY);
    expect(await readAll(server.url, conversation)).toBe(MANY + 1);
  });

  it("is what JSON.stringify would write, byte for byte, whatever was said and whenever", async () => {
    const conversation = await insertGroup(server.db, "Odd", [ada.person.id]);
    const control = String.fromCharCode(...Array.from({ length: 31 }, (_, index) => index + 1));
    const said = [
      control,
      `"\\/'\u007f\u0080\u2028\u2029\ufeff\ufffe\uffff`,
      '"},{"',
      "👋🏽 Žižková 王 مرحبا",
      "]}",
      "\\u0000",
    ];
    const moments = ["1970-01-01T00:00:00.000Z", "2026-02-03T04:05:06.007Z", "9999-12-31T23:59:59.999Z"];
    const rows = said.map((content, index) => ({
      id: newId(),
      conversation_id: conversation,
      sender_id: ada.person.id,
      content,
      sent_from_client: new Date(moments[index % 3] ?? ""),
      sent_from_server: new Date(moments[(index + 1) % 3] ?? ""),
    }));
    await server.db.message.createMany({
      data: rows.map((row, index) => ({ ...row, seq: index + 1, revision: index + 1 })),
    });
    await server.db.conversation.update({ where: { id: conversation }, data: { last_seq: rows.length } });
    const { response } = await ask(server.url, conversation);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe(JSON.stringify({ messages: rows }));
  });
});

describe("a big conversation", () => {
  let node: { url: string; child: ChildProcess };
  let conversation: string;

  beforeAll(async () => {
    // A throw-away database: what is inserted here is right without being checked a million times.
    await server.db.$executeRaw`ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey`;
    await server.db.$executeRaw`ALTER TABLE messages DROP CONSTRAINT messages_sender_id_fkey`;
    // PostgreSQL's own vacuum of so many rows would hold up the renaming below for longer than our statements wait.
    await server.db.$executeRaw`ALTER TABLE messages SET (autovacuum_enabled = false)`;
    conversation = await conversationOf(BIG);
  }, 120_000);
  beforeEach(async () => {
    node = await startNode(server.config.databaseUrl ?? "");
  });
  afterEach(async () => {
    const gone = new Promise((resolve) => node.child.once("exit", resolve));
    node.child.kill();
    await gone;
  });

  const megabytes = () => Number(execFileSync("ps", ["-o", "rss=", "-p", String(node.child.pid)]).toString()) / 1024;

  it("of a million messages comes complete and in order, in little memory, and hinders nobody else", async () => {
    const chat = await insertGroup(server.db, "Chat", [ada.person.id]);
    token = (await newTokens(node.url, "Ada")).access_token;
    const baseline = megabytes();
    const socket = await TestSocket.open(node.url, ada.cookie, node.url);
    const before = await latencies(socket, chat, (sent) => sent < 50);

    let isRead = false;
    let most = 0;
    const reading = readAll(node.url, conversation).finally(() => {
      isRead = true;
    });
    const during = await latencies(socket, chat, (sent) => {
      if (sent % 10 === 0) most = Math.max(most, megabytes());
      return !isRead;
    });
    expect(await reading).toBe(BIG);
    socket.close();

    process.stdout.write(
      `grown by ${(most - baseline).toFixed(0)} MB; ack after ${middle(before).toFixed(1)} ms before, ${middle(during).toFixed(1)} ms (${during.length}, at most ${Math.max(...during).toFixed(0)} ms) during\n`,
    );
    expect(most - baseline).toBeLessThan(50);
    expect(during.length).toBeGreaterThan(50);
    expect(middle(during)).toBeLessThan(5 * Math.max(middle(before), 5));
  }, 120_000);

  it("is read no further for clients that have gone away: the server is idle at once, and lives", async () => {
    const tail = `?after=${BIG - 50_000}`;
    const readTail = async () => {
      const startedAt = Date.now();
      expect(await readAll(node.url, conversation, tail, BIG - 50_000 + 1)).toBe(50_000);
      return Date.now() - startedAt;
    };
    const usually = await readTail();
    await Promise.all(Array.from({ length: 40 }, () => abortEarly(node.url, conversation)));
    await expect.poll(activeQueries, { timeout: 2_000 }).toBe(0);
    expect(await readTail()).toBeLessThan(3 * usually + 1_000);
  }, 30_000);

  it("ends with a broken connection, not with half a document that looks whole, when the database fails", async () => {
    const { response } = await ask(node.url, conversation);
    await new Promise((resolve) => response.once("readable", resolve));
    await server.db.$executeRaw`ALTER TABLE messages RENAME COLUMN content TO contents`;
    await expect(drain(response)).rejects.toThrow(/aborted|terminated|hang up/);
    await server.db.$executeRaw`ALTER TABLE messages RENAME COLUMN contents TO content`;
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
  });
});

/** Milliseconds from sending a message to its acknowledgement, one after the other for as long as `goesOn` says. */
async function latencies(socket: TestSocket, chat: string, goesOn: (sent: number) => boolean): Promise<number[]> {
  const measured: number[] = [];
  while (goesOn(measured.length)) {
    const command = messageCommand(chat, `Message ${measured.length}`);
    const sentAt = performance.now();
    socket.send(command);
    await socket.next("message.acked", (acked) => acked.message.id === command.id);
    measured.push(performance.now() - sentAt);
    socket.events.length = 0;
  }
  return measured;
}

const middle = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

async function drain(response: http.IncomingMessage): Promise<void> {
  for await (const _chunk of response);
}

/** What `pnpm start` gives to Node, for its memory is what is measured. */
function nodeOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL("../../../../../package.json", import.meta.url), "utf8"));
  return / node (.*) ?apps\/api\/src\/server\.ts/.exec(scripts.start)?.[1]?.split(" ").filter(Boolean) ?? [];
}

/** A second node in a process of its own, whose memory is nobody else's. */
async function startNode(databaseUrl: string): Promise<{ url: string; child: ChildProcess }> {
  const main = fileURLToPath(new URL("../../server.ts", import.meta.url));
  const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "error" };
  const child = spawn(process.execPath, [...nodeOptions(), main], {
    env: { ...env, RATE_LIMIT_SCALE: "10000" },
    stdio: ["ignore", "pipe", "inherit"],
  });
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
