import type { Conversation } from "@confab/shared/conversations";
import type { EventOf } from "@confab/shared/events";
import type { Audience } from "../../core/audience.ts";
import type { Connection } from "../../core/connection.ts";
import type { Deps } from "../../core/deps.ts";
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

/** From this snapshot on, the changes in these conversations are told here, or found missing. */
async function listWhatIsToldFromNow({ db, hub }: Deps, principal: Principal): Promise<Conversation[]> {
  const conversations = await listOwnConversations(db, principal);
  for (const { id, revision } of conversations) hub.told.startAt(id, revision);
  return conversations;
}
