import {
  accountRowAnswerSchema,
  type ChangeRoleBody,
  type CreateAccountBody,
  createAccountAnswerSchema,
  type ListAccountsQuery,
  listAccountsAnswerSchema,
  passwordResetAnswerSchema,
} from "@confab/shared/accounts";
import { type AuditFilter, type ListAuditQuery, listAuditAnswerSchema } from "@confab/shared/audit";
import { type ListGroupsQuery, listGroupsAnswerSchema } from "@confab/shared/groups";
import { type UpdateWorkspaceBody, workspaceSchema } from "@confab/shared/workspace";
import { act, call, withQuery } from "./api.ts";

function accountPath(id: string, rest: string): string {
  return `/api/v1/accounts/${encodeURIComponent(id)}${rest}`;
}

/** What only administrators ask. Every call returns a checked answer or throws an ApiError. */
export const adminApi = {
  listAccounts: (query: ListAccountsQuery = {}) =>
    call(listAccountsAnswerSchema, "GET", withQuery("/api/v1/accounts", query)),
  createAccount: (body: CreateAccountBody) => call(createAccountAnswerSchema, "POST", "/api/v1/accounts", body),
  changeRole: async (id: string, body: ChangeRoleBody) =>
    (await call(accountRowAnswerSchema, "PUT", accountPath(id, "/role"), body)).account,
  deactivate: async (id: string) =>
    (await call(accountRowAnswerSchema, "POST", accountPath(id, "/deactivate"), {})).account,
  reactivate: async (id: string) =>
    (await call(accountRowAnswerSchema, "POST", accountPath(id, "/reactivate"), {})).account,
  expire: async (id: string) => (await call(accountRowAnswerSchema, "POST", accountPath(id, "/expire"), {})).account,
  createPasswordReset: async (id: string) =>
    (await call(passwordResetAnswerSchema, "POST", accountPath(id, "/password-reset"), {})).password_reset,
  endSessionsOf: (id: string) => act("DELETE", accountPath(id, "/sessions")),
  listGroups: (query: ListGroupsQuery = {}) => call(listGroupsAnswerSchema, "GET", withQuery("/api/v1/groups", query)),
  updateWorkspace: (body: UpdateWorkspaceBody) => call(workspaceSchema, "PATCH", "/api/v1/workspace", body),
  listAudit: (query: ListAuditQuery = {}) => call(listAuditAnswerSchema, "GET", withQuery("/api/v1/audit", query)),
  /** The address of the same events as a CSV file, to be followed by the browser. */
  auditCsvPath: (filter: AuditFilter) => withQuery("/api/v1/audit.csv", filter),
};
