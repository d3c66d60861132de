import type { CreateMessageBody } from "@confab/shared/messages";
import type { Principal } from "../../plugins/session.ts";
import type { MessageLimits } from "./message-limits.ts";
import type { MessageWriter, WrittenMessage } from "./messages.writer.ts";

/** What sending needs besides what every feature has. */
export interface SendDeps {
  readonly writer: MessageWriter;
  readonly messageLimits: MessageLimits;
}

/**
 * Stores a message and announces it to everyone in the conversation. Sending the same id again, at any later time,
 * gives the stored message. Throws too_many_requests, conversation_not_found, conversation_archived, message_id_reused,
 * server_busy, database_unavailable.
 */
export async function createMessage(
  deps: SendDeps,
  principal: Principal,
  conversationId: string,
  body: CreateMessageBody,
): Promise<WrittenMessage> {
  deps.messageLimits.take(principal);
  return deps.writer.write({
    id: body.id,
    conversation_id: conversationId,
    sender_id: principal.user_id,
    content: body.content,
    sent_from_client: body.sent_from_client ?? new Date().toISOString(),
  });
}
