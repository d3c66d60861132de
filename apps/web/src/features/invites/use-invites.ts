import type { CreateInviteBody, Invite } from "@confab/shared/invites";
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { groupsApi } from "../../lib/groups-api.ts";

function keyOf(conversationId: string | null) {
  return ["invites", conversationId ?? "account"];
}

/** The links into one conversation, or (null) those to an account; the newest first. */
export function useInvites(conversationId: string | null) {
  return useQuery({ queryKey: keyOf(conversationId), queryFn: () => groupsApi.listInvites(conversationId) });
}

/** Who came through a link; the newest first. */
export function useInviteUses(conversationId: string | null, inviteId: string) {
  return useQuery({
    queryKey: [...keyOf(conversationId), inviteId, "uses"],
    queryFn: () => groupsApi.listInviteUses(conversationId, inviteId),
  });
}

function changeInvites(
  client: QueryClient,
  conversationId: string | null,
  change: (invites: Invite[]) => Invite[],
): void {
  client.setQueryData<Invite[]>(keyOf(conversationId), (invites) => invites && change(invites));
}

export function useCreateInvite(conversationId: string | null) {
  const client = useQueryClient();
  return useCallback(
    async (body: CreateInviteBody) => {
      const invite = await groupsApi.createInvite(conversationId, body);
      changeInvites(client, conversationId, (invites) => [invite, ...invites]);
      return invite;
    },
    [client, conversationId],
  );
}

export function useRevokeInvite(conversationId: string | null) {
  const client = useQueryClient();
  return useCallback(
    async (inviteId: string) => {
      await groupsApi.revokeInvite(conversationId, inviteId);
      const revoked = { revoked_at: new Date().toISOString(), is_open: false };
      changeInvites(client, conversationId, (invites) =>
        invites.map((invite) => (invite.id === inviteId ? { ...invite, ...revoked } : invite)),
      );
    },
    [client, conversationId],
  );
}
