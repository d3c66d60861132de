import type { Conversation } from "@confab/shared/conversations";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { useConversations } from "../../stores/conversations.store.ts";

/** One conversation: the live one for whoever is in it; an administrator looking in is sent no events, and asks. */
export function useConversation(id: string) {
  const live: Conversation | undefined = useConversations((state) => state.conversations[id]);
  const loaded = useConversations((state) => state.loaded);
  const isMine = live !== undefined && live.role !== null;
  const query = useQuery({
    queryKey: ["conversation", id],
    queryFn: () => api.getConversation(id),
    enabled: loaded && !isMine,
  });
  return { conversation: isMine ? live : (query.data ?? live), error: query.error, refetch: query.refetch };
}
