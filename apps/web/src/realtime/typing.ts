import { TYPING_EXPIRES_MS, TYPING_REPEAT_MS } from "@confab/shared/limits";
import type { Person } from "@confab/shared/users";
import { expireTyping, startTyping, stopTyping, usePresence } from "../stores/presence.store.ts";
import { useSession } from "../stores/session.store.ts";
import { sendCommand } from "./connection.ts";

/** When each conversation was last told that this person is typing. */
const toldAt = new Map<string, number>();
const expiries = new Set<ReturnType<typeof setTimeout>>();

/** Tells the others, at most as often as they need to hear it. Nobody is told while the connection is not live. */
export function sayTyping(conversationId: string, isActive: boolean): void {
  const last = toldAt.get(conversationId);
  if (isActive) {
    if (last !== undefined && Date.now() - last < TYPING_REPEAT_MS) return;
    if (sendCommand({ type: "typing.start", conversation_id: conversationId })) toldAt.set(conversationId, Date.now());
  } else if (last !== undefined) {
    toldAt.delete(conversationId);
    sendCommand({ type: "typing.stop", conversation_id: conversationId });
  }
}

export function takeTypingStarted(conversationId: string, user: Person): void {
  if (user.id === useSession.getState().me?.id) return;
  usePresence.setState((state) => startTyping(state, conversationId, user, Date.now()));
  const timer = setTimeout(() => {
    expiries.delete(timer);
    usePresence.setState((state) => expireTyping(state, Date.now()));
  }, TYPING_EXPIRES_MS);
  expiries.add(timer);
}

export function takeTypingStopped(conversationId: string, userId: string): void {
  usePresence.setState((state) => stopTyping(state, conversationId, userId));
}

export function forgetTyping(): void {
  for (const timer of expiries) clearTimeout(timer);
  expiries.clear();
  toldAt.clear();
}
