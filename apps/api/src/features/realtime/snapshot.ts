import type { EventOf } from "@confab/shared/events";
import type { Deps } from "../../core/deps.ts";
import type { Connection } from "../../core/hub.ts";
import { readWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";
import { listOwnConversations } from "../conversations/conversations.access.ts";
import type { Audiences } from "../members/audiences.ts";
import { presentMe } from "../users/users.present.ts";

/** The state as of now, for a connection whose later events are already being collected. */
export async function readSnapshot(
  deps: Deps & { audiences: Audiences },
  principal: Principal,
  connection: Connection,
): Promise<EventOf<"ready">> {
  const conversations = await listOwnConversations(deps.db, principal);
  const online = new Set<string>();
  for (const { id, member_version } of conversations)
    for (const userId of onlineOf(deps, await deps.audiences.of(id, member_version))) online.add(userId);
  return {
    type: "ready",
    connection_id: connection.id,
    server_time: new Date().toISOString(),
    me: presentMe(principal, await readWorkspaceSettings(deps.db, deps.config)),
    conversations,
    online: [...online],
  };
}

/** Who of an audience is connected, found by walking the smaller of the two sets. */
function onlineOf(deps: Pick<Deps, "hub">, audience: ReadonlySet<string>): string[] {
  const everyoneOnline = [...deps.hub.onlineUserIds()];
  return audience.size < everyoneOnline.length
    ? [...audience].filter((id) => deps.hub.isOnline(id))
    : everyoneOnline.filter((id) => audience.has(id));
}
