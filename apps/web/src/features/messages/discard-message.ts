import { discardEntry } from "../../realtime/outbox.ts";

/** Gives a failed message up. */
export function discardMessage(_conversationId: string, id: string): void {
  discardEntry(id);
}
