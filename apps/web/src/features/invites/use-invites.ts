import type { CreateInviteBody } from "@confab/shared/invites";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { groupsApi } from "../../lib/groups-api.ts";
import { BY_PAGES } from "../../lib/pages.ts";

function keyOf(conversationId: string | null) {
  return ["invites", conversationId ?? "account"];
}

/** The links into one conversation, or (null) those to an account, the newest first; page by page. */
export function useInvites(conversationId: string | null) {
  return useInfiniteQuery({
    queryKey: keyOf(conversationId),
    queryFn: ({ pageParam }) => groupsApi.listInvites(conversationId, pageParam !== null ? { after: pageParam } : {}),
    ...BY_PAGES,
    select: (data) => data.pages.flatMap((page) => page.invites),
  });
}

/** Who came through a link, the newest first; page by page. */
export function useInviteUses(conversationId: string | null, inviteId: string) {
  return useInfiniteQuery({
    queryKey: [...keyOf(conversationId), inviteId, "uses"],
    queryFn: ({ pageParam }) =>
      groupsApi.listInviteUses(conversationId, inviteId, pageParam !== null ? { after: pageParam } : {}),
    ...BY_PAGES,
    select: (data) => data.pages.flatMap((page) => page.uses),
  });
}

/** Makes a link, and the list of them look again. Throws ApiError; `errors` name the fields. */
export function useCreateInvite(conversationId: string | null) {
  const client = useQueryClient();
  return useCallback(
    async (body: CreateInviteBody) => {
      const invite = await groupsApi.createInvite(conversationId, body);
      void client.invalidateQueries({ queryKey: keyOf(conversationId) });
      return invite;
    },
    [client, conversationId],
  );
}

/** Revokes a link; the list says so when it is done. Throws ApiError. */
export function useRevokeInvite(conversationId: string | null) {
  const client = useQueryClient();
  return useCallback(
    async (inviteId: string) => {
      await groupsApi.revokeInvite(conversationId, inviteId);
      await client.invalidateQueries({ queryKey: keyOf(conversationId) });
    },
    [client, conversationId],
  );
}
