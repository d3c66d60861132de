import type { Conversation } from "@confab/shared/conversations";
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
  const [me, conversations] = await Promise.all([describeMe(deps, principal), listWhatIsToldFromNow(deps, principal)]);
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

/**
 * From before the snapshot on, the changes in these conversations are told here, or found missing. Who is in them is asked
 * for together with the snapshot, and hardly ever has changed in between: each question less that waits for another lets
 * more people's questions be joined.
 */
async function listWhatIsToldFromNow(
  { db, hub, audiences }: Deps & { audiences: Audiences },
  principal: Principal,
): Promise<Conversation[]> {
  const places = await findPlaces(db, principal.user_id);
  for (const { id, revision } of places) hub.told.startAt(id, revision);
  const [conversations] = await Promise.all([
    listOwnConversations(db, principal),
    ...places.map(({ id, member_version }) => audiences.of(id, member_version)),
  ]);
  return conversations;
}

interface Place {
  id: string;
  revision: number;
  member_version: number;
}

const findPlaces = joinQuestions<string, Place[]>(100, async (tx, userIds) => {
  const rows = await ask<Place & { user_id: string }>(
    tx,
    sql`
    SELECT m.user_id, c.id, c.revision, c.member_version
      FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE m.user_id = ANY(${[...new Set(userIds)]}::uuid[])`,
  );
  const byUser = Map.groupBy(rows, (row) => row.user_id);
  return userIds.map((userId) => byUser.get(userId) ?? []);
});
