import { newId } from "@confab/shared/ids";
import type pg from "pg";
import type { Member } from "../load/target.ts";

/** What the n-th seeded message says, in SQL: about a hundred characters. */
export const SEEDED_CONTENT = "'Message ' || n || repeat(' and so on', 8)";

export interface SeededPerson {
  readonly id: string;
  readonly username: string;
  readonly token: string;
}

export interface SeededConversation {
  readonly id: string;
  readonly people: readonly SeededPerson[];
}

/** How a person connects, to whatever server: ours finds the room by itself, the yardsticks are told. */
export function memberOf(person: SeededPerson, conversation: SeededConversation): Member {
  return { path: `/ws?conversation=${conversation.id}`, cookie: cookieOf(person) };
}

export function cookieOf(person: SeededPerson): string {
  return `confab_session=${person.token}`;
}

/** Where the messages of a conversation are listed and sent, of whatever server. */
export function messagesPath(conversation: SeededConversation): string {
  return `/api/v1/conversations/${conversation.id}/messages`;
}

/** Makes people with an open session each: rows as registering and signing in would have left them. */
export async function seedPeople(database: pg.Client, label: string, count: number): Promise<SeededPerson[]> {
  const people = Array.from({ length: count }, (_, n) => ({
    id: newId(),
    username: `${label} ${n + 1}`,
    token: `${label.replaceAll(" ", "-")}-${n + 1}`,
  }));
  await database.query(
    `WITH person AS (
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t(id, username, token)
     ), account AS (
       INSERT INTO users (id, username, username_key, email, role)
       SELECT id, username, lower(username), token || '@example.org', 'user' FROM person
     )
     INSERT INTO sessions (id, user_id, token_hash, device, address, expires_at)
     SELECT uuidv7(), id, sha256(token::bytea), 'bench', '127.0.0.1', now() + interval '1 day' FROM person`,
    columns(people, "id", "username", "token"),
  );
  return people;
}

/** Makes groups of these sizes, of people of their own. */
export async function seedConversations(
  database: pg.Client,
  label: string,
  { conversations, members }: { conversations: number; members: number },
): Promise<SeededConversation[]> {
  const people = await seedPeople(database, label, conversations * members);
  const seeded = Array.from({ length: conversations }, (_, n) => ({
    id: newId(),
    people: people.slice(n * members, (n + 1) * members),
  }));
  await insertConversations(database, label, seeded);
  return seeded;
}

/** Makes groups of people that exist. */
export async function insertConversations(
  database: pg.Client,
  label: string,
  conversations: readonly SeededConversation[],
): Promise<void> {
  await database.query(
    `INSERT INTO conversations (id, kind, name, member_version, member_count)
     SELECT id, 'group', $1 || ' ' || n, 1, members
       FROM unnest($2::uuid[], $3::int[]) WITH ORDINALITY AS t(id, members, n)`,
    [label, conversations.map(({ id }) => id), conversations.map(({ people }) => people.length)],
  );
  const memberships = conversations.flatMap(({ id, people }) => people.map((person) => ({ id, person: person.id })));
  await database.query(
    `INSERT INTO conversation_members (conversation_id, user_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])`,
    columns(memberships, "id", "person"),
  );
  // As after a while in use: without statistics PostgreSQL plans as if the tables were empty.
  await database.query("VACUUM ANALYZE users, sessions, conversations, conversation_members");
}

/** Fills conversations with messages, as many in each, which everybody has read. */
export async function seedMessages(
  database: pg.Client,
  conversations: readonly SeededConversation[],
  count: number,
): Promise<void> {
  for (const { id, people } of conversations)
    await database.query(
      `WITH written AS (
         INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client)
         SELECT uuidv7(), $1::uuid, n, n, ($2::uuid[])[1 + n % cardinality($2::uuid[])], ${SEEDED_CONTENT}, now()
           FROM generate_series(1, $3::int) AS n
       ), moved AS (
         UPDATE conversations SET last_seq = $3, revision = $3 WHERE id = $1
       )
       UPDATE conversation_members SET read_seq = $3 WHERE conversation_id = $1`,
      [id, people.map((person) => person.id), count],
    );
  await database.query("VACUUM ANALYZE messages, conversations, conversation_members");
}

function columns<Row>(rows: readonly Row[], ...names: (keyof Row)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}
