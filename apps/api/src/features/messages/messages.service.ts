import type { CreateMessageBody } from "@confab/shared/messages";
import { announce } from "../../core/announce.ts";
import type { Deps } from "../../core/deps.ts";
import type { Principal } from "../../plugins/session.ts";
import type { Audiences } from "../members/audiences.ts";
import type { MessageWriter, WrittenMessage } from "./messages.writer.ts";

/**
 * Stores a message and announces it to everyone in the conversation. Sending the same id again, at any later time,
 * gives the stored message. Throws conversation_not_found, conversation_archived, message_id_reused, server_busy, database_unavailable.
 */
export function createMessage(
  deps: { writer: MessageWriter },
  principal: Principal,
  conversationId: string,
  body: CreateMessageBody,
): Promise<WrittenMessage> {
  return deps.writer.write({
    id: body.id,
    conversation_id: conversationId,
    sender_id: principal.user_id,
    content: body.content,
    sent_from_client: body.sent_from_client ?? new Date().toISOString(),
  });
}

/** Announces a committed batch: all frames of one conversation joined into one buffer, one write per socket. */
export function announceMessages(deps: Pick<Deps, "hub" | "log">, audiences: Audiences) {
  return async (batch: WrittenMessage[]): Promise<void> => {
    for (const [conversationId, written] of Map.groupBy(batch, (each) => each.message.conversation_id)) {
      const events = written.map(({ message }) => ({ type: "message.created", message }) as const);
      const memberVersion = Math.max(...written.map((each) => each.member_version));
      await announce(deps.log, async () => {
        deps.hub.publish(await audiences.of(conversationId, memberVersion), ...events);
      });
    }
  };
}
