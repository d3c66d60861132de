import { Readable } from "node:stream";
import type { ReferenceMessage, ReferenceMessagesQuery } from "@confab/shared/reference";
import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";

/** Rows fetched at a time while all are streamed: few megabytes even of the longest messages. */
const BATCH = 250;
const EVERYTHING = 2_147_483_647;

type Row = Omit<ReferenceMessage, "sent_from_client" | "sent_from_server"> & {
  sent_from_client: Date;
  sent_from_server: Date;
};

function presentReferenceMessage(row: Row): ReferenceMessage {
  return {
    ...row,
    sent_from_client: row.sent_from_client.toISOString(),
    sent_from_server: row.sent_from_server.toISOString(),
  };
}

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
    const rows = await deps.db.$queryRaw<Row[]>(sql`
      SELECT id, conversation_id, sender_id, content, sent_from_client, sent_from_server FROM messages
       WHERE conversation_id = ${conversationId}::uuid AND seq > ${after} AND seq <= ${Math.min(until, after + BATCH)}
       ORDER BY seq`);
    if (rows.length === 0) continue;
    yield separator + rows.map((row) => JSON.stringify(presentReferenceMessage(row))).join(",");
    separator = ",";
  }
  yield "]}";
}
