import { api } from "../../lib/api.ts";
import { takeConversation } from "../../realtime/take-conversation.ts";

export interface GroupInput {
  name: string;
  description?: string | undefined;
  member_ids: string[];
}

/** Makes a group with the caller as its owner. Throws ApiError; `errors` name the fields. */
export async function createGroup({ name, description, member_ids }: GroupInput): Promise<string> {
  const conversation = await api.createConversation({
    kind: "group",
    name,
    member_ids,
    ...(description !== undefined && { description }),
  });
  takeConversation(conversation);
  return conversation.id;
}
