export async function openConversation(_conversationId: string): Promise<"opened" | "not_found" | "failed"> {
  return "opened";
}
