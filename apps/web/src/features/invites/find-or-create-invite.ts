import type { Invite } from "@confab/shared/invites";
import { groupsApi } from "../../lib/groups-api.ts";
import { queryClient } from "../../lib/query-client.ts";

/** A link made in passing ends by itself before it is forgotten. */
const QUICK_LINK_HOURS = 7 * 24;

/** A link with a label or a limit was made for somebody in particular. */
function isForAnybody(invite: Invite): boolean {
  return invite.is_open && invite.uses_max === null && invite.label === "";
}

/** The newest open link into a group that is for anybody, made if none of the latest is. Throws ApiError. */
export async function findOrCreateInvite(conversationId: string): Promise<Invite> {
  const known = (await groupsApi.listInvites(conversationId)).invites.find(isForAnybody);
  if (known !== undefined) return known;
  const invite = await groupsApi.createInvite(conversationId, { expires_in_hours: QUICK_LINK_HOURS });
  void queryClient.invalidateQueries({ queryKey: ["invites", conversationId] });
  return invite;
}
