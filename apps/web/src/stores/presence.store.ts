import { TYPING_EXPIRES_MS } from "@confab/shared/limits";
import type { Person } from "@confab/shared/users";
import { create } from "zustand";

export interface Typist {
  user: Person;
  /** Believed until then (milliseconds since 1970) unless repeated. */
  until: number;
}

export interface PresenceState {
  online: Record<string, true>;
  typing: Record<string, Typist[]>;
}

export const usePresence = create<PresenceState>(() => ({ online: {}, typing: {} }));

/** Nobody is known to be online, or typing, until it is said. */
export function forgetPresence(): PresenceState {
  return { online: {}, typing: {} };
}

export function changeOnline(state: PresenceState, came: readonly string[], went: readonly string[]): PresenceState {
  const online = { ...state.online };
  for (const userId of came) online[userId] = true;
  for (const userId of went) delete online[userId];
  return { ...state, online };
}

export function startTyping(state: PresenceState, conversationId: string, user: Person, now: number): PresenceState {
  const others = (state.typing[conversationId] ?? []).filter((typist) => typist.user.id !== user.id);
  return withTypists(state, conversationId, [...others, { user, until: now + TYPING_EXPIRES_MS }]);
}

export function stopTyping(state: PresenceState, conversationId: string, userId: string): PresenceState {
  const typists = state.typing[conversationId];
  if (!typists?.some((typist) => typist.user.id === userId)) return state;
  return withTypists(
    state,
    conversationId,
    typists.filter((typist) => typist.user.id !== userId),
  );
}

/** Drops everyone who has not repeated in time. */
export function expireTyping(state: PresenceState, now: number): PresenceState {
  let next = state;
  for (const [conversationId, typists] of Object.entries(state.typing)) {
    const fresh = typists.filter((typist) => typist.until > now);
    if (fresh.length !== typists.length) next = withTypists(next, conversationId, fresh);
  }
  return next;
}

function withTypists(state: PresenceState, conversationId: string, typists: Typist[]): PresenceState {
  const { [conversationId]: _, ...rest } = state.typing;
  return { ...state, typing: typists.length === 0 ? rest : { ...rest, [conversationId]: typists } };
}
