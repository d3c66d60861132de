import type { EventOf } from "@confab/shared/events";
import type { Audience } from "../../core/audience.ts";
import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Connection } from "../../core/hub.ts";
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
  const conversations = await listOwnConversations(deps.db, principal);
  const audiences: Audience[] = [];
  for (const { id, member_version } of conversations) audiences.push(await deps.audiences.of(id, member_version));
  const ready = {
    type: "ready" as const,
    connection_id: connection.id,
    server_time: new Date().toISOString(),
    me: await describeMe(deps, principal),
    conversations,
  };
  return { ready, audiences };
}

/** From before the snapshot on, the changes in these conversations are told here, or found missing. */
async function startTelling(deps: Deps, userId: string): Promise<void> {
  const conversations = await deps.db.$queryRaw<{ id: string; revision: number }[]>(sql`
    SELECT c.id, c.revision FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE m.user_id = ${userId}::uuid`);
  for (const { id, revision } of conversations) deps.hub.told.startAt(id, revision);
}
