import type { Account } from "@confab/shared/accounts";
import { expect, it } from "vitest";
import { actsFor } from "./account-acts.ts";

const now = new Date("2026-11-22T10:00:00Z");

function buildAccount(changes: Partial<Account>): Account {
  return {
    id: "01940000-0000-7000-8000-000000000001",
    username: "Ben",
    role: "user",
    email: "ben@example.org",
    created_at: "2026-11-20T10:00:00Z",
    last_used_at: "2026-11-22T09:00:00Z",
    session_count: 1,
    expires_at: null,
    deactivated_at: null,
    ...changes,
  };
}

it.each<[string, Partial<Account>, string[]]>([
  ["a user", {}, ["make_administrator", "reset_password", "end_sessions", "deactivate"]],
  ["a user who is signed in nowhere", { session_count: 0 }, ["make_administrator", "reset_password", "deactivate"]],
  ["an administrator", { role: "admin" }, ["make_user", "reset_password", "end_sessions", "deactivate"]],
  ["a guest", { role: "guest", expires_at: "2026-11-22T15:00:00Z" }, ["promote_guest", "end_visit"]],
  ["a guest who has gone", { role: "guest", expires_at: "2026-11-22T10:00:00Z" }, []],
  ["a deactivated administrator", { role: "admin", deactivated_at: "2026-11-21T10:00:00Z" }, ["reactivate"]],
])("what can be done about %s", (_who, changes, acts) => {
  expect(actsFor(buildAccount(changes), now)).toEqual(acts);
});
