import { retryEntry } from "../../realtime/outbox.ts";

/** Sends a failed message again, under its own id. */
export function retryMessage(_conversationId: string, id: string): void {
  retryEntry(id);
}
