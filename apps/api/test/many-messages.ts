import pg from "pg";

const PEOPLE = 100_000;
const GROUPS = 20_000;
/** Members of the largest group. */
export const IN_LARGE_GROUP = 10_000;

/**
 * Fills a workspace as years of use would: 100,000 people with a session each, 20,000 groups, one of 10,000 of them and the
 * others of five, and so many messages, half of them in one group. The person is in that one, in the large one and in 199
 * others. Gives the id of the busiest.
 */
export async function insertManyMessages(databaseUrl: string, messages: number, personId: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Checked one by one, the foreign keys would take longer than everything else.
    await client.query(
      `ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey, DROP CONSTRAINT messages_sender_id_fkey`,
    );
    // Their ids are older than the person's: whoever looks for that one among the members of a group meets all others first.
    await client.query(
      `CREATE TEMP TABLE person AS SELECT n, uuidv7('-1 year') AS id FROM generate_series(0, ${PEOPLE - 1}) n`,
    );
    await client.query(`CREATE TEMP TABLE place AS SELECT n, uuidv7() AS id FROM generate_series(0, ${GROUPS - 1}) n`);
    await client.query(`
      INSERT INTO users (id, username, username_key, role)
      SELECT id, 'Person ' || n, 'person ' || n, 'user' FROM person`);
    await client.query(`
      INSERT INTO sessions (id, user_id, token_hash, device, address, expires_at)
      SELECT uuidv7(), id, sha256(id::text::bytea), 'a browser', '127.0.0.1', now() + n * interval '1 minute' FROM person`);
    await client.query(`INSERT INTO conversations (id, kind, name) SELECT id, 'group', 'Group ' || n FROM place`);
    await client.query(`
      INSERT INTO conversation_members (conversation_id, user_id)
      SELECT place.id, person.id FROM place CROSS JOIN generate_series(0, 4) k
        JOIN person ON person.n = (place.n * 7 + k * 11) % ${PEOPLE}
       UNION SELECT place.id, person.id FROM place CROSS JOIN person WHERE place.n = 1 AND person.n < ${IN_LARGE_GROUP}
       UNION SELECT id, '${personId}' FROM place WHERE n <= 200`);
    await client.query(`
      INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client)
      SELECT uuidv7(), place.id, m.seq, m.seq, person.id, 'What somebody has said, at some length', now()
        FROM (SELECT n, g, row_number() OVER (PARTITION BY g ORDER BY n) AS seq
                FROM generate_series(0, ${messages - 1}) n, LATERAL (SELECT CASE WHEN n % 2 = 0 THEN 0 ELSE n / 2 % ${GROUPS} END AS g)) m
        JOIN place ON place.n = m.g JOIN person ON person.n = m.n % ${PEOPLE}`);
    await client.query(`
      UPDATE conversations c SET last_seq = t.n, revision = t.n
        FROM (SELECT conversation_id, count(*) AS n FROM messages GROUP BY 1) t WHERE t.conversation_id = c.id`);
    await client.query("VACUUM ANALYZE");
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM place WHERE n = 0`);
    return rows[0]?.id ?? "";
  } finally {
    await client.end();
  }
}

/** Makes the planner believe that there are so many times the messages there are. */
export async function pretendMoreMessages(databaseUrl: string, times: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Of pages it believes the file: of more rows in as many, reading all of them looks cheaper than it would be.
    await client.query(
      `SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', c.relname::text, 'relpages', c.relpages,
                                        'reltuples', (c.reltuples * $1)::real)
         FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
        WHERE 'messages'::regclass IN (c.oid, i.indrelid)`,
      [times],
    );
  } finally {
    await client.end();
  }
}
