import pg from "pg";

/** The conversation with most of the messages, and the one with most of the people. */
export interface Crowd {
  readonly busiest: string;
  readonly widest: string;
}

/** Rows as years of use leave them; `share` of a million messages, 100,000 people and half a million memberships. */
export async function seedMessages(databaseUrl: string, share: number): Promise<Crowd> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const count = (whole: number) => Math.round(whole * share);
    // Checked one by one, the foreign keys alone would take longer than everything else.
    await client.query(`
      ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey, DROP CONSTRAINT messages_sender_id_fkey;
      ALTER TABLE conversation_members DROP CONSTRAINT conversation_members_conversation_id_fkey, DROP CONSTRAINT conversation_members_user_id_fkey;
      CREATE TEMP TABLE person AS SELECT n, uuidv7() AS id FROM generate_series(0, ${count(100_000) - 1}) n;
      CREATE TEMP TABLE place AS SELECT n, uuidv7() AS id FROM generate_series(0, ${count(20_000) - 1}) n;
      ANALYZE person, place;
      INSERT INTO users (id, username, username_key, role) SELECT id, 'Person ' || n, 'person ' || n, 'user' FROM person;
      INSERT INTO sessions (id, user_id, token_hash, device, address, expires_at)
      SELECT uuidv7(), id, sha256(id::text::bytea), 'a browser', '127.0.0.1', now() + n * interval '1 minute' + interval '1 day' FROM person;
      INSERT INTO conversations (id, kind, name) SELECT id, 'group', 'Place ' || n FROM place;
      INSERT INTO conversation_members (conversation_id, user_id)
      SELECT place.id, person.id FROM person CROSS JOIN generate_series(0, 4) k
        JOIN place ON place.n = (person.n * 7 + k * 1009) % ${count(20_000)}
       UNION SELECT (SELECT id FROM place WHERE n = 0), id FROM person WHERE n % 20 = 0;
      INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client)
      SELECT uuidv7(), place.id, m.seq, m.seq, person.id, 'Something that somebody has said', now()
        FROM (SELECT n, CASE WHEN n % 2 = 0 THEN 0 ELSE n % ${count(20_000)} END AS place,
                     row_number() OVER (PARTITION BY CASE WHEN n % 2 = 0 THEN 0 ELSE n % ${count(20_000)} END ORDER BY n) AS seq
                FROM generate_series(0, ${count(1_000_000) - 1}) n) m
        JOIN place ON place.n = m.place JOIN person ON person.n = m.n % ${count(100_000)};
      UPDATE conversations c SET last_seq = t.n, revision = t.n
        FROM (SELECT conversation_id, count(*) AS n FROM messages GROUP BY 1) t WHERE t.conversation_id = c.id;
      VACUUM ANALYZE;`.split(";").filter((statement) => statement.trim() !== "").join(";"));
    return { busiest: "", widest: "" };
  } finally {
    await client.end();
  }
}
