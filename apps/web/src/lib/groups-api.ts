import { conversationAnswerSchema } from "@confab/shared/conversations";
import {
  type AddMembersBody,
  addMembersAnswerSchema,
  type ChangeMemberRoleBody,
  type DeleteGroupBody,
  type LeaveGroupBody,
  listVisitsAnswerSchema,
  memberAnswerSchema,
  type TransferGroupBody,
  type UpdateGroupBody,
} from "@confab/shared/groups";
import {
  type CreateInviteBody,
  inviteAnswerSchema,
  listInvitesAnswerSchema,
  listInviteUsesAnswerSchema,
} from "@confab/shared/invites";
import type { PageQuery } from "@confab/shared/pages";
import { act, call, conversationPath, withQuery } from "./api.ts";

function memberPath(id: string, userId: string, rest = ""): string {
  return conversationPath(id, `/members/${encodeURIComponent(userId)}${rest}`);
}

/** Where invites are kept: with their conversation, or (null) those to an account with the workspace. */
function invitesPath(conversationId: string | null, rest = ""): string {
  return conversationId === null ? `/api/v1/invites${rest}` : conversationPath(conversationId, `/invites${rest}`);
}

/** Managing groups, and the invites into them. Every call returns a checked answer or throws an ApiError. */
export const groupsApi = {
  update: async (id: string, body: UpdateGroupBody) =>
    (await call(conversationAnswerSchema, "PATCH", conversationPath(id), body)).conversation,
  archive: async (id: string) =>
    (await call(conversationAnswerSchema, "POST", conversationPath(id, "/archive"), {})).conversation,
  restore: async (id: string) =>
    (await call(conversationAnswerSchema, "POST", conversationPath(id, "/restore"), {})).conversation,
  delete: (id: string, body: DeleteGroupBody) => act("POST", conversationPath(id, "/delete"), body),
  transfer: async (id: string, body: TransferGroupBody) =>
    (await call(conversationAnswerSchema, "PUT", conversationPath(id, "/owner"), body)).conversation,
  leave: (id: string, body: LeaveGroupBody) => act("POST", conversationPath(id, "/leave"), body),
  addMembers: async (id: string, body: AddMembersBody) =>
    (await call(addMembersAnswerSchema, "POST", conversationPath(id, "/members"), body)).members,
  removeMember: (id: string, userId: string) => act("DELETE", memberPath(id, userId)),
  changeMemberRole: async (id: string, userId: string, body: ChangeMemberRoleBody) =>
    (await call(memberAnswerSchema, "PUT", memberPath(id, userId, "/role"), body)).member,
  listVisits: async (id: string) => (await call(listVisitsAnswerSchema, "GET", conversationPath(id, "/visits"))).visits,
  listInvites: (conversationId: string | null, query: PageQuery = {}) =>
    call(listInvitesAnswerSchema, "GET", withQuery(invitesPath(conversationId), query)),
  createInvite: async (conversationId: string | null, body: CreateInviteBody) =>
    (await call(inviteAnswerSchema, "POST", invitesPath(conversationId), body)).invite,
  revokeInvite: (conversationId: string | null, inviteId: string) =>
    act("DELETE", invitesPath(conversationId, `/${encodeURIComponent(inviteId)}`)),
  listInviteUses: (conversationId: string | null, inviteId: string, query: PageQuery = {}) =>
    call(
      listInviteUsesAnswerSchema,
      "GET",
      withQuery(invitesPath(conversationId, `/${encodeURIComponent(inviteId)}/uses`), query),
    ),
};
