import { readFile, realpath, rm } from "node:fs/promises";
import path from "node:path";
import { startEmbeddedPostgres } from "@confab/api/embedded-postgres";
import pg from "pg";
import type { Dump, StoredMessage } from "../history/records.ts";
import { childrenOf, freePort } from "./own-processes.ts";

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The PostgreSQL of a run: the product's own, with everything on that makes it durable, but a process apart from any node. */
export class Database {
  readonly #dataDir: string;
  readonly #port: number;
  #running: { url: string; stop(): Promise<void> };

  private constructor(dataDir: string, port: number, running: { url: string; stop(): Promise<void> }) {
    this.#dataDir = dataDir;
    this.#port = port;
    this.#running = running;
  }

  static async start(folder: string): Promise<Database> {
    const dataDir = path.join(folder, "data");
    const port = await freePort();
    const database = new Database(dataDir, port, await startEmbeddedPostgres({ dataDir, port, log: quiet }));
    const [settings] = await database.query<{ fsync: string; commit: string }>(
      "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit",
    );
    if (settings?.fsync !== "on" || settings.commit !== "on") throw new Error("this PostgreSQL is not durable");
    return database;
  }

  get url(): string {
    return this.#running.url;
  }

  /** `kill -9` of the postmaster and of every process under it, at once. */
  async kill(): Promise<void> {
    const file = path.join(await this.#home(), "data", "postmaster.pid");
    const postmaster = Number((await readFile(file, "utf8")).split("\n")[0]);
    const children = await childrenOf(postmaster);
    for (const pid of [postmaster, ...children]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // A child that ended since the look at the table.
      }
    }
  }

  /** Starts it again after a kill, on the same data and at the same address; PostgreSQL recovers what was committed. */
  async restart(): Promise<void> {
    this.#running = await startEmbeddedPostgres({ dataDir: this.#dataDir, port: this.#port, log: quiet });
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    await rm(await this.#home(), { recursive: true, force: true, maxRetries: 5 });
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.withClient(async (client) => (await client.query<Row>(text, values)).rows);
  }

  async withClient<Result>(act: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return await act(client);
    } finally {
      await client.end();
    }
  }

  /** The end of each conversation, as a revision. */
  async heads(conversations: readonly string[]): Promise<Record<string, number>> {
    const rows = await this.query<{ id: string; revision: number }>(
      "SELECT id, revision FROM conversations WHERE id = ANY($1::uuid[])",
      [conversations],
    );
    return Object.fromEntries(rows.map(({ id, revision }) => [id, revision]));
  }

  /** Takes these conversations away: nobody's list shall grow from family to family. */
  async forget(conversations: readonly string[]): Promise<void> {
    await this.query("DELETE FROM conversations WHERE id = ANY($1::uuid[])", [conversations]);
  }

  /** Everything that is stored of these conversations. */
  async dump(conversations: readonly string[]): Promise<Dump> {
    return this.withClient(async (client) => {
      // Three reads of one moment.
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      const read = async <Row extends pg.QueryResultRow>(text: string) =>
        (await client.query<Row>(text, [conversations])).rows;
      return {
        conversations: await read<Dump["conversations"][number]>(
          "SELECT id, last_seq, revision FROM conversations WHERE id = ANY($1::uuid[])",
        ),
        messages: await read<StoredMessage>(
          `SELECT conversation_id AS conversation, id, seq, revision, sender_id AS sender, content
             FROM messages WHERE conversation_id = ANY($1::uuid[])`,
        ),
        members: await read<Dump["members"][number]>(
          `SELECT conversation_id AS conversation, user_id AS person, read_seq, uncounted
             FROM conversation_members WHERE conversation_id = ANY($1::uuid[])`,
        ),
      };
    });
  }

  /** Lies elsewhere when the account that runs PostgreSQL cannot enter the run's folder. */
  #home(): Promise<string> {
    return realpath(path.join(this.#dataDir, "postgres"));
  }
}
