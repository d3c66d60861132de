import { Readable } from "node:stream";
import type { ReferenceMessagesQuery } from "@confab/shared/reference";
import { ask, type Sql, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";

/** Rows fetched at a time while all are streamed: few megabytes even of the longest messages. */
const BATCH = 250;
const EVERYTHING = 2_147_483_647;

/** A moment as JavaScript writes it in JSON. */
const asMoment = (column: Sql) => sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * The reference's message, from `messages` as x, with its members in the reference's order. The database writes the JSON
 * of a whole batch: objects made of a million rows here would hold up everybody else, and memory would grow by them.
 */
const REFERENCE_MESSAGE = sql`
  SELECT x.id, x.conversation_id, x.sender_id, x.content, ${asMoment(sql`x.sent_from_client`)} AS sent_from_client,
         ${asMoment(sql`x.sent_from_server`)} AS sent_from_server`;

/**
 * `{"messages":[…]}`, oldest first, as a stream: a batch is fetched when the one before has been taken off our hands,
 * so memory stays the same for a hundred messages and for a million. With a limit and no `after`, the newest ones.
 */
export function streamReferenceMessages(
  deps: Deps,
  conversationId: string,
  lastSeq: number,
  query: ReferenceMessagesQuery,
): Readable {
  const until = Math.min(lastSeq, (query.before ?? EVERYTHING) - 1);
  const limit = query.limit ?? EVERYTHING;
  const from = query.after ?? (query.limit === undefined ? 0 : Math.max(0, until - limit));
  return Readable.from(writeMessages(deps, conversationId, from, Math.min(until, from + limit)), { objectMode: false });
}

async function* writeMessages(deps: Deps, conversationId: string, from: number, until: number): AsyncGenerator<string> {
  yield '{"messages":[';
  let separator = "";
  // Both ends of a batch are given, as numbers have no gaps. With a LIMIT instead, the database may sort all that is
  // left for every batch, and does while it has not yet counted a table that has grown.
  for (let after = from; after < until; after += BATCH) {
    const [batch] = await ask<{ json: string | null }>(
      deps.db,
      sql`
      SELECT string_agg(row_to_json(message)::text, ',' ORDER BY x.seq) AS json
        FROM messages x CROSS JOIN LATERAL (${REFERENCE_MESSAGE}) message
       WHERE x.conversation_id = ${conversationId}::uuid AND x.seq > ${after} AND x.seq <= ${Math.min(until, after + BATCH)}`,
    );
    // Numbers have no gaps: the conversation was deleted meanwhile. The answer must not look as if it were whole.
    if (!batch?.json) throw new Error("a conversation was deleted while its messages were streamed");
    yield separator + batch.json;
    separator = ",";
  }
  yield "]}";
}
