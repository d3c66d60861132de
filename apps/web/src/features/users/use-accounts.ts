import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { adminApi } from "../../lib/admin-api.ts";
import { useDebounced } from "../../ui/use-debounced.ts";

const TYPING_PAUSE_MS = 180;

/** Everyone but the caller, filtered by what is typed; page by page. */
export function useAccounts(typed: string) {
  const query = useDebounced(typed.trim(), TYPING_PAUSE_MS);
  return useInfiniteQuery({
    queryKey: ["accounts", query],
    queryFn: ({ pageParam }) =>
      adminApi.listAccounts({
        ...(query === "" ? {} : { query }),
        ...(pageParam === null ? {} : { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    select: (data) => data.pages.flatMap((page) => page.accounts),
    placeholderData: keepPreviousData,
  });
}
