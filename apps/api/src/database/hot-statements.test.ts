import { writeFile } from "node:fs/promises";
import { newId } from "@confab/shared/ids";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { IN_LARGE_GROUP, insertManyMessages, pretendMoreMessages } from "../../test/many-messages.ts";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { newUser, type TestClient } from "../../test/test-client.ts";
import { conversationPath, messageCommand, messagesPath, say } from "../../test/test-conversation.ts";
import type { TestSocket } from "../../test/test-socket.ts";
import { BY_INDEX, toList } from "../core/db.ts";

// What the application itself sends is caught, planned by PostgreSQL for whatever values, and run with those it was sent with: on 100,000
// messages of which the planner is told that they are a million, and on as many people, sessions and groups as there are, one
// of them of 10,000.
// With HOT_STATEMENTS=write (pnpm docs:hot-statements) it is a million, and docs/hot-statements.md is written.

const isPageWanted = process.env.HOT_STATEMENTS === "write";
const MESSAGES = 1_000_000;
const INSERTED = isPageWanted ? MESSAGES : MESSAGES / 10;
const BIG = ["messages", "conversation_members", "conversations", "sessions", "users"];

interface Statement {
  text: string;
  values: unknown[];
}

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Plan Rows": number;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

let server: TestServer;
let client: pg.Client;
let ada: TestClient;
let ben: TestClient;
let busiest: string;
let adas: TestSocket;
const sent: Statement[] = [];

beforeAll(async () => {
  server = await startServer();
  [ada, ben] = [await newUser(server.url, "Ada"), await newUser(server.url, "Ben")];
  const { databaseUrl = "" } = server.config;
  busiest = await insertManyMessages(databaseUrl, INSERTED, ada.person.id);
  if (INSERTED < MESSAGES) await pretendMoreMessages(databaseUrl, MESSAGES / INSERTED);
  // As the application's own connections are.
  client = new pg.Client({ connectionString: databaseUrl, options: BY_INDEX });
  await client.connect();
  vi.spyOn(pg.Client.prototype, "query").mockImplementation(catchStatement);
}, 300_000);

afterAll(async () => {
  vi.restoreAllMocks();
  await client?.end();
  await server.stop();
});

const query = pg.Client.prototype.query;

/** Everything that goes through the driver, in this process the application alone, passes unchanged. */
// biome-ignore lint/suspicious/noExplicitAny: the driver's seven signatures, passed through as they are
function catchStatement(this: pg.Client, ...args: any[]): any {
  const [asked, values] = args;
  if (this !== client)
    sent.push({ text: asked.text ?? asked, values: asked.values ?? (Array.isArray(values) ? values : []) });
  return Reflect.apply(query, this, args);
}

interface Act {
  /** By which the act's own statement is recognised among all that are sent meanwhile. */
  readonly statement: RegExp;
  act(): Promise<unknown>;
  /** How to read its plan. */
  readonly reading: string;
}

const message = newId();
const page = (query: string) => ada.get(`${messagesPath(busiest)}${query}`);

/** Reads all members of a conversation; what it gives is remembered until one comes or goes. */
const AUDIENCE = /SELECT c\.id, c\.member_version,\s+ARRAY/;

const ACTS: Record<string, Act> = {
  "who asks, at every request": {
    statement: /FROM sessions s JOIN users u.*token_hash/s,
    act: () => ada.get("/api/v1/me"),
    reading: "Two rows by two unique indexes.",
  },
  "whether somebody may read": {
    statement: /m\.role AS member_role, asked\.n/,
    act: () => page("?limit=1"),
    reading: "The conversation and the caller's membership, each by its primary key.",
  },
  "sending, however many at once": {
    statement: /WITH input AS/,
    act: () => say(ada, busiest, "hello", message),
    reading: "Conversations, memberships and repeats by their indexes; most of the rest is writing.",
  },
  "the newest page": {
    statement: /x\.seq > .* AND x\.seq <= /,
    act: () => page(""),
    reading: "Bounded from both sides, so nothing but the page is read, however long the conversation is.",
  },
  "who has written the page, as they are called now": {
    statement: /SELECT id, username, role FROM users/,
    act: () => page(""),
    reading: "The page itself is kept until something changes in the conversation; its senders may have other names.",
  },
  "the page before another": {
    statement: /x\.seq > .* AND x\.seq <= /,
    act: () => page("?before=30000"),
    reading: "The same in the middle of the history.",
  },
  "the page after another": {
    statement: /x\.seq > .* AND x\.seq <= /,
    act: () => page("?after=100"),
    reading: "The same near its beginning.",
  },
  "catching up": {
    statement: /y\.revision > /,
    act: () => ada.get(conversationPath(busiest, `/changes?after_revision=${INSERTED / 2 - 100}`)),
    reading: "The changes after a revision, by the index that has them in order.",
  },
  "opening: conversations with their last messages, read markers and unread counts": {
    statement: /AS v\(id, role\)/,
    act: async () => {
      adas = await ada.connect();
    },
    reading: "A few index look-ups for each of the person's conversations: unread is a subtraction, not a count.",
  },
  "whom an event goes to": {
    statement: AUDIENCE,
    act: async () => {
      await server.db.conversation.update({ where: { id: busiest }, data: { member_version: { increment: 1 } } });
      await say(ada, busiest, "hello, whoever is in it now");
    },
    reading: "Asked once for each change of who is in a conversation.",
  },
  "moving the read marker": {
    statement: /UPDATE conversation_members m\s+SET read_seq/,
    act: async () => {
      const { last_seq } = await server.db.conversation.findUniqueOrThrow({ where: { id: busiest } });
      adas.send({ type: "read_marker.move", conversation_id: busiest, seq: last_seq });
      await adas.next("read_marker.moved");
    },
    reading: "Counts what lies above the marker: nothing, for somebody who has read to the end.",
  },
  "sending on the socket": {
    statement: /WITH input AS/,
    act: async () => {
      const command = messageCommand(busiest, "hello");
      adas.send(command);
      await adas.next("message.acked", (event) => event.message.id === command.id);
    },
    reading: "The same statement.",
  },
  "once a second: who has lost a right": {
    statement: /FROM account_changes/,
    act: async () => undefined,
    reading: "Three short ranges of three indexes, however many sockets are open.",
  },
  "once a minute: whether the sessions of all open sockets hold": {
    statement: /AS asked\(session_id, account, n\)/,
    // It is asked about somebody of whom something has changed, too.
    act: () =>
      server.db.session.create({ data: endedSession() }).then(({ id }) => server.db.session.delete({ where: { id } })),
    reading: "Two index look-ups for each session that has a socket here.",
  },
  "every minute, or two seconds where there are other nodes: what those have done": {
    statement: /SELECT id, revision, member_version FROM conversations/,
    // It is asked when the bus has been away, too.
    act: () =>
      client.query(`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND (query LIKE 'LISTEN %' OR query LIKE 'SELECT pg_notify%')`),
    reading: "The conversations of the people who are connected here.",
  },
  "who hears that somebody is online": {
    statement: /array_agg/,
    act: async () => (await ben.connect()).close(),
    reading: "The memberships of those who have come or gone in the last quarter of a second.",
  },
};

const endedSession = () => ({
  id: newId(),
  user_id: ada.person.id,
  device: "a browser",
  address: "127.0.0.1",
  expires_at: new Date(Date.now() + 60_000),
});

function nodesIn(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesIn)];
}

/** More than any page, and more than a few for each of a person's conversations; large ones have more messages, and more members. */
const ROWS_MAX = 5_000;

/** Rows that an index has led to and that were not asked for: Ada has more memberships than that. */
const PASSED_OVER_MAX = 100;

/** What of a statement grows with the tables. It is carried out, and then undone. */
async function faultsOf({ text, values }: Statement): Promise<string[]> {
  if (!/^\s*(SELECT|WITH|UPDATE|DELETE)\b/i.test(text)) return [];
  const nodes = nodesIn((await explain("ANALYZE, FORMAT JSON", text, values))[0][0].Plan);
  const scans = nodes.filter((node) => node["Node Type"] === "Seq Scan" && BIG.includes(node["Relation Name"] ?? ""));
  const rowsOf = (node: Plan) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  const rows = nodes.filter((node) => node["Relation Name"]).reduce((sum, node) => sum + rowsOf(node), 0);
  const rowsMax = AUDIENCE.test(text) ? ROWS_MAX + IN_LARGE_GROUP : ROWS_MAX;
  const wasteful = nodes.filter(
    (node) => (node["Rows Removed by Filter"] ?? 0) * node["Actual Loops"] > PASSED_OVER_MAX,
  );
  return [
    ...scans.map((node) => `${node["Relation Name"]} is read from end to end by ${text}`),
    ...wasteful.map((node) => `rows of ${node["Relation Name"]} are read and passed over by ${text}`),
    ...(rows > rowsMax ? [`${rows} rows are read by ${text}`] : []),
  ];
}

/** A value as PostgreSQL reads it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map((each) => `"${textOf(each).replace(/["\\]/g, "\\$&")}"`).join()}}`;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  return value instanceof Date ? value.toISOString() : String(value);
}

// biome-ignore lint/suspicious/noExplicitAny: lines of text, or the plan
async function explain(options: string, text: string, values: unknown[]): Promise<any[]> {
  const literals = values.map((value) => (value === null ? "NULL" : pg.escapeLiteral(textOf(value))));
  await client.query("BEGIN");
  await client.query(`PREPARE explained AS ${text}`);
  const given = literals.length > 0 ? `(${literals.join()})` : "";
  const { rows } = await client.query(`EXPLAIN (${options}) EXECUTE explained${given}`);
  await client.query("DEALLOCATE explained; ROLLBACK");
  return rows.map((row) => row["QUERY PLAN"]);
}

async function statementOf({ statement, act }: Act): Promise<Statement> {
  sent.length = 0;
  await act();
  const find = () => sent.find(({ text }) => statement.test(text));
  await expect.poll(find, { timeout: 12_000 }).toBeDefined();
  return find() ?? expect.fail();
}

describe("at a million messages", () => {
  it("the planner believes in them", async () => {
    const [[{ Plan }]] = await explain("FORMAT JSON", "SELECT * FROM messages", []);
    expect(Plan["Plan Rows"]).toBeGreaterThan(MESSAGES * 0.9);
    expect(await faultsOf({ text: "SELECT * FROM messages", values: [] })).toHaveLength(2);
  });

  it.each(Object.entries(ACTS))("nothing grows with the tables: %s", async (_what, act) => {
    await statementOf(act);
    for (const statement of sent.slice()) expect(await faultsOf(statement)).toEqual([]);
  });

  it.runIf(isPageWanted)(
    "the plans are written down",
    async () => {
      const parts = [];
      for (const [what, act] of Object.entries(ACTS))
        parts.push(`## ${what}\n\n${act.reading}\n\n${await planOf(await statementOf(act))}`);
      await writeFile(PAGE, `${HEADING}\n${parts.join("\n\n")}\n`);
    },
    60_000,
  );
});

const PAGE = new URL("../../../../docs/hot-statements.md", import.meta.url);
const HEADING = `# The statements that everything waits for

At a million messages, 100,000 people with a session each and 20,000 groups; one group has half of the messages, another one
10,000 members, and the person who asks is in both and in 199 others. Written by \`pnpm docs:hot-statements\`; that none of them
reads a table from end to end, or everybody in the large group, is asserted by \`apps/api/src/database/hot-statements.test.ts\`.
`;

async function planOf({ text, values }: Statement): Promise<string> {
  const again = values.map((value) => (value === toList([message]) ? toList([newId()]) : value));
  const lines = await explain("ANALYZE, BUFFERS", text, again);
  return ["```", ...lines.map((line) => line.slice(0, 160)), "```"].join("\n");
}
