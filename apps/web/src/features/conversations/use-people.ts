import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { BY_PAGES } from "../../lib/pages.ts";
import { useDebounced } from "../../ui/use-debounced.ts";

const TYPING_PAUSE_MS = 180;

/** The people one may talk to, filtered by what is typed; page by page. */
export function usePeople(typed: string, enabled = true) {
  const query = useDebounced(typed.trim(), TYPING_PAUSE_MS);
  return useInfiniteQuery({
    queryKey: ["users", query],
    queryFn: ({ pageParam }) => api.listUsers({ query: query || undefined, after: pageParam ?? undefined }),
    ...BY_PAGES,
    select: (data) => data.pages.flatMap((page) => page.users),
    placeholderData: keepPreviousData,
    enabled,
  });
}
