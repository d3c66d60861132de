import type { Session } from "@confab/shared/sessions";
import { useQuery } from "@tanstack/react-query";
import { accountApi } from "../../lib/account-api.ts";

export const SESSIONS_KEY = ["sessions"];

/** Where the person is signed in: this one first, then the others by when they were last used. */
export function useSessions() {
  return useQuery({ queryKey: SESSIONS_KEY, queryFn: accountApi.listSessions, select: inOrder });
}

function inOrder(sessions: Session[]): Session[] {
  return sessions.toSorted(
    (a, b) => Number(b.is_current) - Number(a.is_current) || b.last_used_at.localeCompare(a.last_used_at),
  );
}
