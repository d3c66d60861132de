import { newId } from "@confab/shared/ids";
import type { Db } from "../src/core/db.ts";
import { MessageWriter, type WrittenMessage } from "../src/features/messages/messages.writer.ts";
import type { NewMessage } from "../src/features/messages/write-statement.ts";
import { toAppError } from "../src/plugins/error-handler.ts";

/** A node's writer, and what it announced, batch after batch. */
export function newWriter(on: Db) {
  const announced: WrittenMessage[] = [];
  const writer = new MessageWriter(
    (statement) => on.$queryRaw(statement),
    async (batch) => void announced.push(...batch),
  );
  return { writer, announced };
}

export function newMessage(conversation_id: string, sender_id: string, content: string, id = newId()): NewMessage {
  return { id, conversation_id, sender_id, content, sent_from_client: "2026-01-02T03:04:05.678Z" };
}

/** The place a message got, or the code of the error it was refused with. */
export function attempt(sent: Promise<WrittenMessage>): Promise<number | string> {
  return sent.then(
    ({ message }) => message.seq,
    (error: unknown) => toAppError(error).code,
  );
}
