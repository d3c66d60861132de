import type { Conversation } from "@confab/shared/conversations";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../../lib/api.ts";
import { BY_PAGES } from "../../lib/pages.ts";
import { usePresence } from "../../stores/presence.store.ts";
import { upsertPeople, useUsers } from "../../stores/users.store.ts";

/** The members of a conversation. A change of who is in it makes a new key, and so a new reading. */
export function useMembers(conversation: Pick<Conversation, "id" | "member_version">) {
  const query = useInfiniteQuery({
    queryKey: ["members", conversation.id, conversation.member_version],
    queryFn: async ({ pageParam }) => {
      const page = await api.listMembers(conversation.id, pageParam === null ? {} : { after: pageParam });
      useUsers.setState((state) =>
        upsertPeople(
          state,
          page.members.map((member) => member.user),
        ),
      );
      return page;
    },
    ...BY_PAGES,
    // The list as it was stays on the screen while the new one is read; another conversation's does not.
    placeholderData: (previous, previousQuery) =>
      previousQuery?.queryKey[1] === conversation.id ? previous : undefined,
  });
  const live = usePresence((state) => state.online);
  const members = useMemo(() => query.data?.pages.flatMap((page) => page.members) ?? [], [query.data]);
  return { query, members, online: live };
}
