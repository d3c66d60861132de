import { MESSAGES_PAGE } from "@confab/shared/limits";
import type { ListMessagesQuery, Message } from "@confab/shared/messages";
import { ask, type Db, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Principal } from "../../plugins/session.ts";
import { openVisibleConversation, type VisibleConversation } from "../members/members.access.ts";
import { MESSAGE_COLUMNS, type MessageRow, presentMessage } from "./messages.present.ts";
import { completePage, type NewestPages, type ReadyPage, readyPage } from "./ready-page.ts";

/**
 * A page of history as JSON (messagesPageSchema), oldest first: the newest messages, or those just before or after a seq.
 * What lies beyond its ends is read off the numbers, which have no gaps. Throws conversation_not_found.
 */
export async function listMessages(
  { db, newestPages }: Pick<Deps, "db"> & { newestPages: NewestPages },
  principal: Principal,
  conversationId: string,
  query: ListMessagesQuery,
): Promise<string> {
  const conversation = await openVisibleConversation(db, principal, conversationId);
  if (query.before !== undefined || query.after !== undefined)
    return completePage(db, await readPage(db, conversation, query));
  const key = `${conversationId} ${query.limit ?? MESSAGES_PAGE}`;
  return completePage(db, await newestPages.get(key, conversation.revision, () => readPage(db, conversation, query)));
}

async function readPage(db: Db, conversation: VisibleConversation, query: ListMessagesQuery): Promise<ReadyPage> {
  const { id, last_seq } = conversation;
  const limit = query.limit ?? MESSAGES_PAGE;
  const until = Math.min(
    last_seq,
    query.after === undefined ? (query.before ?? last_seq + 1) - 1 : query.after + limit,
  );
  const rows = await messagesBetween(db, id, query.after ?? until - limit, until);
  return readyPage({ messages: rows.map(presentMessage), ...endsOf(rows, query, last_seq) });
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
  return ask<MessageRow>(
    tx,
    sql`
    SELECT ${MESSAGE_COLUMNS} FROM messages x JOIN users u ON u.id = x.sender_id
     WHERE x.conversation_id = ${conversationId}::uuid AND x.seq > ${after} AND x.seq <= ${until}
     ORDER BY x.seq`,
  );
}

/** From after one revision of a conversation up to another. */
export interface Changes {
  readonly conversation_id: string;
  readonly after_revision: number;
  readonly revision: number;
}

/** The messages whose last change is among these, for each in order of revision: the first `limit` of them. */
export async function listChangedMessages(tx: Tx, asked: readonly Changes[], limit: number): Promise<Message[][]> {
  const column = <Name extends keyof Changes>(name: Name) => asked.map((each) => each[name]);
  const rows = await ask<MessageRow & { n: number }>(
    tx,
    sql`
    SELECT ${MESSAGE_COLUMNS}, asked.n::int AS n
      FROM unnest(${column("conversation_id")}::uuid[], ${column("after_revision")}::int[], ${column("revision")}::int[])
             WITH ORDINALITY AS asked(conversation_id, after_revision, revision, n)
      CROSS JOIN LATERAL (
        SELECT * FROM messages y
         WHERE y.conversation_id = asked.conversation_id
           AND y.revision > asked.after_revision AND y.revision <= asked.revision
         ORDER BY y.revision LIMIT ${limit}
      ) x JOIN users u ON u.id = x.sender_id
     ORDER BY x.revision`,
  );
  const changed: Message[][] = asked.map(() => []);
  for (const { n, ...row } of rows) changed[n - 1]?.push(presentMessage(row));
  return changed;
}
