import { type Ask, sql, toList } from "../../core/db.ts";
import type { Hub } from "../../core/hub.ts";
import type { MessageRow } from "./messages.present.ts";

export interface NewMessage {
  readonly id: string;
  readonly conversation_id: string;
  readonly sender_id: string;
  readonly content: string;
  readonly sent_from_client: string;
}

/** What became of one send; the message is only meant where it is `created` now or was `stored` before. */
export type Outcome = MessageRow & {
  member_version: number;
  outcome: "created" | "stored" | "raced" | "archived" | "passed_over" | "not_found";
};

export type OtherNodes = Pick<Hub, "bus" | "elsewhere">;

/**
 * Where the statement tells the other nodes of it: nowhere while this node hears that there are none. One that has just
 * come and is not heard of yet finds the change when it looks at the database.
 */
function channelTo({ bus, elsewhere }: OtherNodes): string | null {
  return bus.isConnected && elsewhere.nodeCount === 0 ? null : bus.notifyChannel;
}

/**
 * One statement for the whole batch, in which no id comes twice. Conversations are locked in order of id (no deadlock
 * between nodes), and seq and revision are given under the lock. The statement sees the database as of its start, but gets
 * the lock maybe later: where the conversation moved in between (`seen` is older than the lock's), nothing is written and
 * the send is `raced`, to be tried again. An archived group takes nothing new, but a repeat of what was sent before still
 * gets its answer. Without `waitsForLocks`, a conversation that somebody else has locked is `passed_over`: nothing is
 * written in it. What is known of a message goes from step to step in one row: a join of the steps, of whose size
 * PostgreSQL knows nothing, would go through the whole batch for each message of it; OFFSET 0 keeps a look into a table
 * from becoming a join with all of it, and what was found from being looked for again. Each step costs all batches, so a
 * step that only some need is only in theirs. Where the bus is PostgreSQL's own, the other nodes are notified by the same
 * statement: with the commit, or not at all.
 */
export async function writeStatement(
  ask: Ask,
  nodes: OtherNodes,
  inputs: NewMessage[],
  waitsForLocks: boolean,
): Promise<Outcome[]> {
  const channel = channelTo(nodes);
  const notified = sql`
    , notified AS MATERIALIZED (
      SELECT pg_notify(${channel}::text, ${`${nodes.bus.nodeId} 0 1/1 `}::text || json_build_object(
               'type', 'moved', 'conversation_id', conversation_id, 'member_version', max(member_version),
               'after_revision', max(revision), 'revision', max(revision + k))::text)
        FROM numbered WHERE is_new GROUP BY conversation_id
    )`;
  const isPassedOver = sql`
    WHEN NOT x.got AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = x.conversation_id) THEN 'passed_over'`;
  const outcomes = await ask<Outcome & { n: number }>(sql`
    WITH input AS (
      SELECT * FROM unnest(
        ${toList(inputs.map((input) => input.id))}::uuid[], ${toList(inputs.map((input) => input.conversation_id))}::uuid[],
        ${toList(inputs.map((input) => input.sender_id))}::uuid[], ${inputs.map((input) => input.content)}::text[],
        ${inputs.map((input) => input.sent_from_client)}::timestamptz[]
      ) WITH ORDINALITY AS t(id, conversation_id, sender_id, content, sent_from_client, n)
    ), locked AS MATERIALIZED (
      SELECT id, last_seq, revision, member_version, archived_at IS NOT NULL AS archived FROM conversations
       WHERE id = ANY(${toList(new Set(inputs.map((input) => input.conversation_id)))}::uuid[]) ORDER BY id
         FOR NO KEY UPDATE ${waitsForLocks ? sql`` : sql`SKIP LOCKED`}
    ), found AS (
      SELECT i.*, l.last_seq, l.revision, l.member_version, l.archived, l.id IS NOT NULL AS got,
             (SELECT seen.revision FROM conversations seen WHERE seen.id = l.id) <> l.revision AS raced,
             (SELECT true FROM conversation_members m
               WHERE m.conversation_id = i.conversation_id AND m.user_id = i.sender_id) AS allowed,
             (SELECT m.seq FROM messages m WHERE m.conversation_id = i.conversation_id AND m.id = i.id) AS stored_seq
        FROM input i LEFT JOIN locked l ON l.id = i.conversation_id OFFSET 0
    ), judged AS (
      SELECT *, (allowed AND NOT raced AND NOT archived AND stored_seq IS NULL) IS TRUE AS is_new FROM found
    ), numbered AS MATERIALIZED (
      SELECT *, (row_number() OVER (PARTITION BY conversation_id, is_new ORDER BY n))::int AS k FROM judged
    ), created AS (
      INSERT INTO messages (id, conversation_id, seq, revision, sender_id, content, sent_from_client, sent_from_server)
      SELECT id, conversation_id, last_seq + k, revision + k, sender_id, content, sent_from_client, now()
        FROM numbered WHERE is_new
    ), moved AS (
      UPDATE conversations c SET last_seq = c.last_seq + t.k, revision = c.revision + t.k
        FROM (SELECT conversation_id, max(k) AS k FROM numbered WHERE is_new GROUP BY 1) t
       WHERE c.id = t.conversation_id
    ), own AS (
      UPDATE conversation_members m SET uncounted = m.uncounted + t.k
        FROM (SELECT conversation_id, sender_id, count(*)::int AS k FROM numbered WHERE is_new GROUP BY 1, 2) t
       WHERE m.conversation_id = t.conversation_id AND m.user_id = t.sender_id
    ) ${channel === null ? sql`` : notified}
    SELECT x.n::int, x.id, x.conversation_id, coalesce(m.seq, x.last_seq + x.k) AS seq,
           coalesce(m.revision, x.revision + x.k) AS revision,
           u.id AS sender_id, u.username AS sender_username, u.role AS sender_role, coalesce(m.content, x.content) AS content,
           coalesce(m.sent_from_client, x.sent_from_client::timestamptz(3)) AS sent_from_client,
           coalesce(m.sent_from_server, now()::timestamptz(3)) AS sent_from_server, m.edited_at, m.deleted_at, x.member_version,
           CASE WHEN x.raced THEN 'raced' ${waitsForLocks ? sql`` : isPassedOver}
                WHEN NOT x.got THEN 'not_found'
                WHEN x.is_new THEN 'created'
                WHEN x.allowed AND x.stored_seq IS NOT NULL THEN 'stored'
                WHEN x.allowed AND x.archived THEN 'archived'
                ELSE 'not_found' END AS outcome
           ${channel === null ? sql`` : sql`, (SELECT count(*) FROM notified) AS notified`}
      FROM numbered x
      LEFT JOIN LATERAL (
        SELECT * FROM messages m WHERE m.conversation_id = x.conversation_id AND m.seq = x.stored_seq OFFSET 0
      ) m ON true
      LEFT JOIN LATERAL (SELECT * FROM users u WHERE u.id = coalesce(m.sender_id, x.sender_id) OFFSET 0) u ON true`);
  return outcomes.sort((one, other) => one.n - other.n);
}
