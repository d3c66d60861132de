import pg from "pg";
import type { Confab } from "../systems/confab.ts";
import { SEEDED_CONTENT, type SeededConversation, type SeededPerson } from "./seed.ts";

const NAME = "tutorial";
const TABLES = `
  CREATE TABLE people (id uuid PRIMARY KEY, username text NOT NULL, token text NOT NULL UNIQUE);
  CREATE TABLE messages (
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    sender_id uuid NOT NULL REFERENCES people,
    content text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation_id, seq)
  )`;

/** The yardstick's own database, in the PostgreSQL that Confab has started: the same program with the same settings. */
export class TutorialDatabase {
  readonly url: string;
  readonly client: pg.Client;

  private constructor(url: string, client: pg.Client) {
    this.url = url;
    this.client = client;
  }

  /** Connects, and makes the database if it is not there. */
  static async open(confab: Confab): Promise<TutorialDatabase> {
    const maker = new pg.Client(confab.databaseUrl());
    await maker.connect();
    const { rowCount } = await maker.query("SELECT FROM pg_database WHERE datname = $1", [NAME]);
    if (rowCount === 0) await maker.query(`CREATE DATABASE ${NAME}`);
    await maker.end();
    const url = confab.databaseUrl(NAME);
    const client = new pg.Client(url);
    await client.connect();
    if (rowCount === 0) await client.query(TABLES);
    return new TutorialDatabase(url, client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** People with the tokens they have at Confab. */
  async addPeople(people: readonly SeededPerson[]): Promise<void> {
    await this.client.query("INSERT INTO people SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])", [
      people.map(({ id }) => id),
      people.map(({ username }) => username),
      people.map(({ token }) => token),
    ]);
  }
  /** Messages as Confab has them in this conversation. */
  async addMessages({ id, people }: SeededConversation, count: number): Promise<void> {
    await this.client.query(
      `INSERT INTO messages (id, conversation_id, sender_id, content)
       SELECT uuidv7(), $1::uuid, ($2::uuid[])[1 + n % cardinality($2::uuid[])], ${SEEDED_CONTENT}
         FROM generate_series(1, $3::int) AS n`,
      [id, people.map((person) => person.id), count],
    );
    await this.client.query("VACUUM ANALYZE");
  }
}
