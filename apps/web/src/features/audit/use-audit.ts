import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { adminApi } from "../../lib/admin-api.ts";
import { BY_PAGES } from "../../lib/pages.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { type AuditForm, filterOf } from "./audit-filter.ts";

const TYPING_PAUSE_MS = 180;

/** What was noted and fits the filter, the newest first; page by page. */
export function useAudit(form: AuditForm) {
  const person = useDebounced(form.person, TYPING_PAUSE_MS);
  const filter = filterOf({ ...form, person });
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam }) => adminApi.listAudit({ ...filter, ...(pageParam !== null && { after: pageParam }) }),
    ...BY_PAGES,
    select: (data) => data.pages.flatMap((page) => page.events),
    placeholderData: keepPreviousData,
  });
}
