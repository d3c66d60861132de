import type { Session } from "@confab/shared/sessions";
import { useInfiniteQuery } from "@tanstack/react-query";
import { accountApi } from "../../lib/account-api.ts";
import { BY_PAGES } from "../../lib/pages.ts";

export const SESSIONS_KEY = ["sessions"];

/** Where the person is signed in: this one first, then the others by when they were last used; page by page. */
export function useSessions() {
  return useInfiniteQuery({
    queryKey: SESSIONS_KEY,
    queryFn: ({ pageParam }) => accountApi.listSessions(pageParam !== null ? { after: pageParam } : {}),
    ...BY_PAGES,
    select: (data) => inOrder(data.pages.flatMap((page) => page.sessions)),
  });
}

function inOrder(sessions: Session[]): Session[] {
  return sessions.toSorted(
    (a, b) => Number(b.is_current) - Number(a.is_current) || b.last_used_at.localeCompare(a.last_used_at),
  );
}
