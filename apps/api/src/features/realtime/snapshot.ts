import type { EventOf } from "@confab/shared/events";
import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import type { Connection } from "../../core/hub.ts";
import type { Principal } from "../../plugins/session.ts";
import { listOwnConversations } from "../conversations/conversations.access.ts";
import type { Audiences } from "../members/audiences.ts";
import { describeMe } from "../users/users.service.ts";

/** The state as of now, for a connection whose later events are already being collected. */
export async function readSnapshot(
  deps: Deps & { audiences: Audiences },
  principal: Principal,
  connection: Connection,
): Promise<EventOf<"ready">> {
  await startTelling(deps, principal.user_id);
  const conversations = await listOwnConversations(deps.db, principal);
  const online = new Set<string>();
  for (const { id, member_version } of conversations) {
    const audience = await deps.audiences.of(id, member_version);
    for (const userId of onlineOf(deps.hub.onlineUserIds(), audience.userIds)) online.add(userId);
  }
  return {
    type: "ready",
    connection_id: connection.id,
    server_time: new Date().toISOString(),
    me: await describeMe(deps, principal),
    conversations,
    online: [...online],
  };
}

/** From before the snapshot on, the changes in these conversations are told here, or found missing. */
async function startTelling(deps: Deps, userId: string): Promise<void> {
  const conversations = await deps.db.$queryRaw<{ id: string; revision: number }[]>(sql`
    SELECT c.id, c.revision FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
     WHERE m.user_id = ${userId}::uuid`);
  for (const { id, revision } of conversations) deps.hub.told.startAt(id, revision);
}

/** Who of an audience is connected, found by walking the smaller of the two sets. */
function onlineOf(everyoneOnline: ReadonlySet<string>, audience: ReadonlySet<string>): string[] {
  return audience.size < everyoneOnline.size
    ? [...audience].filter((id) => everyoneOnline.has(id))
    : [...everyoneOnline].filter((id) => audience.has(id));
}
