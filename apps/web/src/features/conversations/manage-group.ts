import type { Conversation, MemberRole } from "@confab/shared/conversations";
import type { UpdateGroupBody } from "@confab/shared/groups";
import { api } from "../../lib/api.ts";
import { groupsApi } from "../../lib/groups-api.ts";
import { queryClient } from "../../lib/query-client.ts";
import { forgetConversation } from "../../realtime/catch-up.ts";
import { takeConversation } from "../../realtime/take-conversation.ts";

/** Each act on a group shows on this screen when its promise is fulfilled, with or without a socket. All throw ApiError. */

export async function updateGroup(id: string, body: UpdateGroupBody): Promise<void> {
  take(await groupsApi.update(id, body));
}

export async function archiveGroup(id: string): Promise<void> {
  take(await groupsApi.archive(id));
}

export async function restoreGroup(id: string): Promise<void> {
  take(await groupsApi.restore(id));
}

export async function transferGroup(id: string, userId: string): Promise<void> {
  take(await groupsApi.transfer(id, { user_id: userId }));
}

export async function addMembers(id: string, userIds: string[]): Promise<void> {
  await groupsApi.addMembers(id, { user_ids: userIds });
  await reread(id);
}

export async function removeMember(id: string, userId: string): Promise<void> {
  await groupsApi.removeMember(id, userId);
  await reread(id);
}

export async function changeMemberRole(id: string, userId: string, role: MemberRole): Promise<void> {
  await groupsApi.changeMemberRole(id, userId, { role });
  await reread(id);
}

/** The owner who answers for the group names a successor, unless nobody else is in it. */
export async function leaveGroup(id: string, successorId: string | null): Promise<void> {
  await groupsApi.leave(id, successorId === null ? {} : { successor_id: successorId });
  drop(id);
}

/** `name` is the group's own name, as it was typed. */
export async function deleteGroup(id: string, name: string): Promise<void> {
  await groupsApi.delete(id, { name });
  drop(id);
}

async function reread(id: string): Promise<void> {
  take(await api.getConversation(id));
}

/** What is seen from outside is not kept live, so it stands in the answers to questions, not in the store. */
function take(conversation: Conversation): void {
  if (conversation.role !== null) takeConversation(conversation);
  queryClient.setQueryData(["conversation", conversation.id], conversation);
  askAgainForLists();
}

function drop(id: string): void {
  forgetConversation(id);
  queryClient.removeQueries({ queryKey: ["conversation", id] });
  askAgainForLists();
}

function askAgainForLists(): void {
  void queryClient.invalidateQueries({ queryKey: ["groups"] });
  void queryClient.invalidateQueries({ queryKey: ["conversations"] });
}
