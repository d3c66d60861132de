import { MESSAGES_PAGE } from "@confab/shared/limits";
import type { ListMessagesQuery, Message, MessagesPage } from "@confab/shared/messages";
import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Principal } from "../../plugins/session.ts";
import { openVisibleConversation } from "../members/members.access.ts";
import { MESSAGE_COLUMNS, type MessageRow, presentMessage } from "./messages.present.ts";

/**
 * A page of history, oldest first: the newest messages, or those just before or after a seq. What lies beyond its
 * ends is read off the numbers, which have no gaps. Throws conversation_not_found.
 */
export async function listMessages(
  deps: Deps,
  principal: Principal,
  conversationId: string,
  query: ListMessagesQuery,
): Promise<MessagesPage> {
  const { last_seq } = await openVisibleConversation(deps.db, principal, conversationId);
  const limit = query.limit ?? MESSAGES_PAGE;
  const until = Math.min(
    last_seq,
    query.after === undefined ? (query.before ?? last_seq + 1) - 1 : query.after + limit,
  );
  const rows = await messagesBetween(deps.db, conversationId, query.after ?? until - limit, until);
  return { messages: rows.map(presentMessage), ...endsOf(rows, query, last_seq) };
}

function endsOf(rows: MessageRow[], query: ListMessagesQuery, lastSeq: number) {
  const [first, last] = [rows[0]?.seq, rows.at(-1)?.seq];
  if (first !== undefined && last !== undefined)
    return { reaches_oldest: first === 1, reaches_newest: last >= lastSeq };
  // An empty page lies between `after` and what is newer, or between what is older and `before`.
  return {
    reaches_oldest: lastSeq === 0 || query.after === undefined || query.after === 0,
    reaches_newest: lastSeq === 0 || query.before === undefined || query.before > lastSeq,
  };
}

/** Numbers without gaps bound a page from both sides, so no plan of PostgreSQL's can make it sort what lies beyond. */
function messagesBetween(tx: Tx, conversationId: string, after: number, until: number) {
  return tx.$queryRaw<MessageRow[]>(sql`
    SELECT ${MESSAGE_COLUMNS} FROM messages x JOIN users u ON u.id = x.sender_id
     WHERE x.conversation_id = ${conversationId}::uuid AND x.seq > ${after} AND x.seq <= ${until}
     ORDER BY x.seq`);
}

/** The messages whose last change came after one revision and not after another, in order of revision. */
export async function listChangedMessages(
  tx: Tx,
  conversationId: string,
  afterRevision: number,
  upToRevision: number,
  limit: number,
): Promise<Message[]> {
  const rows = await tx.$queryRaw<MessageRow[]>(sql`
    SELECT ${MESSAGE_COLUMNS} FROM messages x JOIN users u ON u.id = x.sender_id
     WHERE x.conversation_id = ${conversationId}::uuid AND x.revision > ${afterRevision} AND x.revision <= ${upToRevision}
     ORDER BY x.revision LIMIT ${limit}`);
  return rows.map(presentMessage);
}
