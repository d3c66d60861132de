import type { ListGroupsQuery } from "@confab/shared/groups";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { adminApi } from "../../lib/admin-api.ts";
import { BY_PAGES } from "../../lib/pages.ts";
import { useDebounced } from "../../ui/use-debounced.ts";

const TYPING_PAUSE_MS = 180;

/** The active or the archived groups of the workspace, filtered by what is typed; page by page. */
export function useGroups(typed: string, state: NonNullable<ListGroupsQuery["state"]>) {
  const query = useDebounced(typed.trim(), TYPING_PAUSE_MS);
  return useInfiniteQuery({
    queryKey: ["groups", query, state],
    queryFn: ({ pageParam }) =>
      adminApi.listGroups({ query: query || undefined, state, after: pageParam ?? undefined }),
    ...BY_PAGES,
    select: (data) => data.pages.flatMap((page) => page.groups),
    placeholderData: keepPreviousData,
  });
}
