import { wantRead } from "../../realtime/read-marker.ts";

/** Says that everything up to `seq` has been seen. Call it as often as you like; the marker only moves forward. */
export function markRead(conversationId: string, seq: number): void {
  wantRead(conversationId, seq);
}
