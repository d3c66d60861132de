import { api } from "../lib/api.ts";
import { ApiError } from "../lib/api-error.ts";
import { advanceReadMarker, useConversations } from "../stores/conversations.store.ts";
import { sendCommand } from "./connection.ts";
import { lifetime } from "./lifetime.ts";
import {
  expectedReadMarkers,
  expectReadMarker,
  forgetExpectations,
  forgetExpected,
  takeReadMarker,
} from "./take-conversation.ts";

/** Scrolling reads many messages in a row; the server hears of the last of them. */
const THROTTLE_MS = 400;

const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Moves the read marker forward, on this screen at once and on the server soon. */
export function wantRead(conversationId: string, seq: number): void {
  const conversation = useConversations.getState().conversations[conversationId];
  if (conversation === undefined || conversation.role === null || seq <= conversation.read_seq) return;
  useConversations.setState((state) => advanceReadMarker(state, conversationId, seq));
  expectReadMarker(conversationId, Math.min(seq, conversation.last_seq));
  if (timers.has(conversationId)) return;
  const timer = setTimeout(() => tellNow(conversationId), THROTTLE_MS);
  timers.set(conversationId, timer);
}

/** Before the page goes away: what was read is said now or never. */
export function sayWhatWasRead(): void {
  for (const conversationId of [...timers.keys()]) tellNow(conversationId);
}

function tellNow(conversationId: string): void {
  clearTimeout(timers.get(conversationId));
  timers.delete(conversationId);
  void tell(conversationId);
}

/** After a snapshot, which may not have heard of what was read meanwhile. */
export function repeatReadMarkers(): void {
  for (const [conversationId, seq] of [...expectedReadMarkers()]) {
    const conversation = useConversations.getState().conversations[conversationId];
    if (conversation === undefined || conversation.read_seq >= seq) {
      forgetExpected(conversationId);
      continue;
    }
    useConversations.setState((state) => advanceReadMarker(state, conversationId, seq));
    void tell(conversationId);
  }
}

export function stopReading(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  forgetExpectations();
}

async function tell(conversationId: string): Promise<void> {
  const seq = expectedReadMarkers().get(conversationId);
  if (seq === undefined) return;
  if (sendCommand({ type: "read_marker.move", conversation_id: conversationId, seq })) return;
  const signal = lifetime();
  try {
    const marker = await api.moveReadMarker(conversationId, seq);
    if (!signal.aborted) takeReadMarker(marker);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Without an answer it stays expected and is repeated after the next snapshot; a refusal is final.
    const isFinal = error.status >= 400 && error.status < 500 && error.status !== 429;
    if (isFinal && !signal.aborted) forgetExpected(conversationId);
  }
}
