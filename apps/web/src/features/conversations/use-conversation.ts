import type { Conversation } from "@confab/shared/conversations";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { useConversations } from "../../stores/conversations.store.ts";

/** One conversation: the live one when the store has it, else read once (an administrator looking in). */
export function useConversation(id: string) {
  const live: Conversation | undefined = useConversations((state) => state.conversations[id]);
  const loaded = useConversations((state) => state.loaded);
  const query = useQuery({
    queryKey: ["conversation", id],
    queryFn: () => api.getConversation(id),
    enabled: loaded && live === undefined,
  });
  return { conversation: live ?? query.data, error: query.error, refetch: query.refetch };
}
