import { type ResetPasswordBody, resetPasswordAnswerSchema } from "@confab/shared/accounts";
import { conversationAnswerSchema } from "@confab/shared/conversations";
import { openInviteAnswerSchema } from "@confab/shared/invites";
import type { PageQuery } from "@confab/shared/pages";
import { listSessionsAnswerSchema } from "@confab/shared/sessions";
import {
  type ChangeEmailBody,
  type ChangePasswordBody,
  type ClaimAccountBody,
  type DeleteMeBody,
  meAnswerSchema,
  type UpdateMeBody,
} from "@confab/shared/users";
import { act, call, withQuery } from "./api.ts";

/** One's own account, and the ways into it. Every call returns a checked answer or throws an ApiError. */
export const accountApi = {
  update: async (body: UpdateMeBody) => (await call(meAnswerSchema, "PATCH", "/api/v1/me", body)).me,
  changeEmail: async (body: ChangeEmailBody) => (await call(meAnswerSchema, "PUT", "/api/v1/me/email", body)).me,
  changePassword: (body: ChangePasswordBody) => act("PUT", "/api/v1/me/password", body),
  claim: async (body: ClaimAccountBody) => (await call(meAnswerSchema, "POST", "/api/v1/me/claim", body)).me,
  delete: (body: DeleteMeBody) => act("POST", "/api/v1/me/delete", body),
  listSessions: (query: PageQuery = {}) => call(listSessionsAnswerSchema, "GET", withQuery("/api/v1/sessions", query)),
  endSession: (id: string) => act("DELETE", `/api/v1/sessions/${encodeURIComponent(id)}`),
  endOtherSessions: () => act("DELETE", "/api/v1/sessions?scope=others"),
  endAllSessions: () => act("DELETE", "/api/v1/sessions"),
  resetPassword: (body: ResetPasswordBody) => call(resetPasswordAnswerSchema, "POST", "/api/v1/reset-password", body),
  openInvite: async (token: string) =>
    (await call(openInviteAnswerSchema, "POST", "/api/v1/invites/open", { token })).invite,
  joinByInvite: async (token: string) =>
    (await call(conversationAnswerSchema, "POST", "/api/v1/invites/join", { token })).conversation,
};
