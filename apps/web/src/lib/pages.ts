/** For queries of lists that come in pages: each says what to ask for `after` it, and the last one that there is no more. */
export const BY_PAGES = {
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next: string | null }) => page.next,
};
