import { api } from "../../lib/api.ts";
import { takeConversation } from "../../realtime/take-conversation.ts";

/** The direct conversation with somebody, made if there is none yet. Throws ApiError. */
export async function startDirect(userId: string): Promise<string> {
  const conversation = await api.createConversation({ kind: "direct", user_id: userId });
  takeConversation(conversation);
  return conversation.id;
}
