import { newId } from "@confab/shared/ids";
import type { Message } from "@confab/shared/messages";
import { ben } from "./people.ts";

export const CONVERSATION_ID = "00000000-0000-7000-8000-0000000000c1";

/** A message in memory; pass only what matters to the test. */
export function buildMessage(facts: Partial<Message> & { seq: number }): Message {
  return {
    id: newId(),
    conversation_id: CONVERSATION_ID,
    revision: facts.seq,
    sender: ben,
    content: `message ${facts.seq}`,
    sent_from_client: "2026-11-22T10:00:00.000Z",
    sent_from_server: "2026-11-22T10:00:00.000Z",
    edited_at: null,
    deleted_at: null,
    ...facts,
  };
}
