import type { Account } from "@confab/shared/accounts";
import { adminApi } from "../../lib/admin-api.ts";

/** What an administrator does to somebody's account after being asked once more. */
export interface AccountAct {
  title: (name: string) => string;
  /** What happens, and what does not. */
  message: (name: string) => string;
  confirm: string;
  look: "danger" | "primary";
  /** Resolves to the account as it is then. Throws ApiError. */
  run: (account: Account) => Promise<Account>;
}

export const ACCOUNT_ACTS = {
  make_administrator: {
    title: (name) => `Make ${name} an administrator?`,
    message: (name) => `${name} will manage people, groups and settings here, and can read every conversation.`,
    confirm: "Make administrator",
    look: "primary",
    run: ({ id }) => adminApi.changeRole(id, { role: "admin" }),
  },
  make_user: {
    title: (name) => `Make ${name} a user?`,
    message: (name) => `${name} will no longer manage this workspace. Their conversations and messages stay.`,
    confirm: "Make a user",
    look: "danger",
    run: ({ id }) => adminApi.changeRole(id, { role: "user" }),
  },
  promote_guest: {
    title: (name) => `Make ${name} a user?`,
    message: (name) =>
      `${name} stays for good, with all messages and conversations. Next you get a link to hand over, by which ${name} sets a password.`,
    confirm: "Make a user",
    look: "primary",
    run: ({ id }) => adminApi.changeRole(id, { role: "user" }),
  },
  end_sessions: {
    title: (name) => `Sign ${name} out everywhere?`,
    message: (name) =>
      `Every browser and program that uses this account is signed out at once. ${name} can sign in again.`,
    confirm: "Sign out everywhere",
    look: "danger",
    run: async (account) => {
      await adminApi.endSessionsOf(account.id);
      return { ...account, session_count: 0, last_used_at: null };
    },
  },
  deactivate: {
    title: (name) => `Deactivate ${name}?`,
    message: (name) =>
      `${name} is signed out at once and cannot sign in until you reactivate the account. Messages stay.`,
    confirm: "Deactivate",
    look: "danger",
    run: ({ id }) => adminApi.deactivate(id),
  },
  reactivate: {
    title: (name) => `Reactivate ${name}?`,
    message: (name) => `${name} can sign in again, with the same password and the same conversations.`,
    confirm: "Reactivate",
    look: "primary",
    run: ({ id }) => adminApi.reactivate(id),
  },
  end_visit: {
    title: (name) => `End the visit of ${name}?`,
    message: (name) => `${name} is signed out at once and cannot come back as this guest. Messages stay.`,
    confirm: "End visit",
    look: "danger",
    run: ({ id }) => adminApi.expire(id),
  },
} satisfies Record<string, AccountAct>;
export type AccountActName = keyof typeof ACCOUNT_ACTS;

/** A guest whose time is up. */
export function isGone(account: Pick<Account, "expires_at">, now: Date = new Date()): boolean {
  return account.expires_at !== null && new Date(account.expires_at) <= now;
}

/** What fits an account as it is now, in the order of the menu. */
export function actsFor(account: Account, now: Date = new Date()): (AccountActName | "reset_password")[] {
  if (account.deactivated_at !== null) return ["reactivate"];
  if (account.role === "guest") return isGone(account, now) ? [] : ["promote_guest", "end_visit"];
  const endSessions = account.session_count > 0 ? (["end_sessions"] as const) : [];
  const changeRole = account.role === "admin" ? "make_user" : "make_administrator";
  return [changeRole, "reset_password", ...endSessions, "deactivate"];
}
