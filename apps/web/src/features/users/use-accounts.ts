import type { Account, AccountKind, AccountSort, ListAccountsAnswer } from "@confab/shared/accounts";
import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { adminApi } from "../../lib/admin-api.ts";
import { BY_PAGES } from "../../lib/pages.ts";
import { useDebounced } from "../../ui/use-debounced.ts";

const TYPING_PAUSE_MS = 180;

export interface AccountFilter {
  /** As typed, with its outer blanks. */
  typed: string;
  kind: AccountKind | "all";
  sort: AccountSort;
}

/** Everyone but the caller who fits the filter; page by page. */
export function useAccounts({ typed, kind, sort }: AccountFilter) {
  const query = useDebounced(typed.trim(), TYPING_PAUSE_MS);
  return useInfiniteQuery({
    queryKey: ["accounts", { query, kind, sort }],
    queryFn: ({ pageParam }) =>
      adminApi.listAccounts({
        sort,
        ...(kind !== "all" && { kind }),
        ...(query !== "" && { query }),
        ...(pageParam !== null && { after: pageParam }),
      }),
    ...BY_PAGES,
    select: (data) => data.pages.flatMap((page) => page.accounts),
    placeholderData: keepPreviousData,
  });
}

type Pages = InfiniteData<ListAccountsAnswer, string | null>;

/**
 * Puts the new state of an account into every list that shows it. It stays where it stands, also where it no longer fits
 * the filter, so that whoever changed it sees the change.
 */
export function useReplaceAccount(): (account: Account) => void {
  const client = useQueryClient();
  return useCallback(
    (account) => {
      const replace = (each: Account) => (each.id === account.id ? account : each);
      client.setQueriesData<Pages>(
        { queryKey: ["accounts"] },
        (data) =>
          data && {
            ...data,
            pages: data.pages.map((page) => ({ ...page, accounts: page.accounts.map(replace) })),
          },
      );
    },
    [client],
  );
}

/** Makes an account, and every list of them look again. Throws ApiError; `errors` name the fields. */
export function useCreateAccount() {
  const client = useQueryClient();
  return useCallback(
    async (body: Parameters<typeof adminApi.createAccount>[0]) => {
      const answer = await adminApi.createAccount(body);
      void client.invalidateQueries({ queryKey: ["accounts"] });
      return answer;
    },
    [client],
  );
}
