import type { EventOf } from "@confab/shared/events";
import type { Audience } from "../../core/audience.ts";
import type { Connection } from "../../core/connection.ts";
import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { joinQuestions } from "../../core/join-questions.ts";
import type { Principal } from "../../plugins/session.ts";
import { listOwnConversations } from "../conversations/conversations.access.ts";
import type { Audiences } from "../members/audiences.ts";
import { describeMe } from "../users/users.service.ts";

/** The state as of now, for a connection whose later events are already being collected, and who is in its conversations. */
export async function readSnapshot(
  deps: Deps & { audiences: Audiences },
  principal: Principal,
  connection: Connection,
): Promise<{ ready: EventOf<"ready">; audiences: Audience[] }> {
  await startTelling(deps, principal.user_id);
  const [conversations, me] = await Promise.all([
    listOwnConversations(deps.db, principal),
    describeMe(deps, principal),
  ]);
  const audiences = await Promise.all(
    conversations.map(({ id, member_version }) => deps.audiences.of(id, member_version)),
  );
  const ready = {
    type: "ready" as const,
    connection_id: connection.id,
    server_time: new Date().toISOString(),
    me,
    conversations,
  };
  return { ready, audiences };
}

/** From before the snapshot on, the changes in these conversations are told here, or found missing. */
async function startTelling(deps: Deps, userId: string): Promise<void> {
  for (const { id, revision } of await findRevisions(deps.db, userId)) deps.hub.told.startAt(id, revision);
}

const findRevisions = joinQuestions<string, { id: string; revision: number }[]>(100, async (tx, userIds) => {
  const rows = await ask<{ user_id: string; id: string; revision: number }>(
    tx,
    sql`
    SELECT m.user_id, c.id, c.revision FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE m.user_id = ANY(${[...new Set(userIds)]}::uuid[])`,
  );
  const byUser = Map.groupBy(rows, (row) => row.user_id);
  return userIds.map((userId) => byUser.get(userId) ?? []);
});
