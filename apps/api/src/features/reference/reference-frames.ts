import type { Event } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import type { ReferenceFrame } from "@confab/shared/reference";
import type { Connection } from "../../core/connection.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { encodeFrame } from "../../core/frames.ts";
import type { Principal } from "../../plugins/session.ts";
import { openVisibleConversation } from "../members/members.access.ts";
import { createMessage, type SendDeps } from "../messages/messages.service.ts";

/**
 * Obeys a frame of the reference's clients, under the same checks as our own commands. The first one makes its socket
 * hear the reference's frames from then on. Throws sender_refused, and what the services throw.
 */
export async function obeyReferenceFrame(
  deps: Deps & SendDeps,
  principal: Principal,
  connection: Connection,
  frame: ReferenceFrame,
): Promise<void> {
  connection.translate ??= (event) => translateEvent(event, principal.user_id);
  const senderId = frame.message_type === "IdMessage" ? frame.sender_id : frame.meta.sender_id;
  if (senderId !== principal.user_id) throw new AppError("sender_refused");
  if (frame.message_type === "IdMessage") {
    await openVisibleConversation(deps.db, principal, frame.conv_id);
    return;
  }
  await createMessage(deps, principal, frame.meta.conversation_id, {
    id: newId(),
    content: frame.payload.content,
    sent_from_client: frame.meta.timestamp,
  });
}

/** Other people's messages as the reference relays them, and errors; its clients know no other frames. */
function translateEvent(event: Event, listenerId: string): Buffer | null {
  if (event.type === "error") return encodeFrame(event);
  if (event.type !== "message.created" || event.message.sender.id === listenerId) return null;
  const { content, conversation_id, sender, sent_from_client } = event.message;
  return encodeFrame({
    message_type: "ChatMessage",
    payload: { content, display_name: sender.username },
    meta: { conversation_id, sender_id: sender.id, timestamp: sent_from_client },
  });
}
