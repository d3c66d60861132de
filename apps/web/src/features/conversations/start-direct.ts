import { api } from "../../lib/api.ts";
import { mergeConversation, useConversations } from "../../stores/conversations.store.ts";

/** The direct conversation with somebody, made if there is none yet. Throws ApiError. */
export async function startDirect(userId: string): Promise<string> {
  const conversation = await api.createConversation({ kind: "direct", user_id: userId });
  useConversations.setState((state) => mergeConversation(state, conversation));
  return conversation.id;
}
