import { useConversations } from "../stores/conversations.store.ts";
import { setKnownRevision, useMessages } from "../stores/messages.store.ts";

/**
 * Keeps the changes of each conversation in order. A conversation's `revision` in the store is contiguous: every
 * change up to it is in the store. A change further ahead is held until the ones before it have come, by event or
 * by catch-up.
 */
interface HeldChange {
  revision: number;
  apply: () => void;
}

const held = new Map<string, HeldChange[]>();

/** The revision of the last whole conversation taken in; every change since then has come as an event. */
const liveSince = new Map<string, number>();

let whenOutOfStep: (conversationId: string) => void = () => undefined;

/** Says who is told when something is missing. There is one listener: catch-up. */
export function onOutOfStep(listener: (conversationId: string) => void): void {
  whenOutOfStep = listener;
}

function revisionOf(conversationId: string): number | undefined {
  return useConversations.getState().conversations[conversationId]?.revision;
}

function knownRevisionOf(conversationId: string): number | null {
  return useMessages.getState().windows[conversationId]?.known_revision ?? null;
}

/** Applies a change now, later when its turn comes, or never when it is in the store already. */
export function takeChange(conversationId: string, revision: number, apply: () => void): void {
  const known = revisionOf(conversationId);
  if (known !== undefined && revision <= known) {
    countForWindow(conversationId, revision);
  } else {
    held.set(conversationId, [...(held.get(conversationId) ?? []), { revision, apply }]);
    applyHeld(conversationId);
  }
  if (isOutOfStep(conversationId)) whenOutOfStep(conversationId);
}

/** To be called when the store took in a whole conversation at a revision that no event led to. */
export function noteJump(conversationId: string): void {
  const revision = revisionOf(conversationId);
  if (revision === undefined) return;
  liveSince.set(conversationId, revision);
  applyHeld(conversationId);
  if (isOutOfStep(conversationId)) whenOutOfStep(conversationId);
}

/**
 * Says that the window holds every change up to `revision`; and, if events led from there to here, up to now:
 * those went into the window as they came.
 */
export function noteComplete(conversationId: string, revision: number): void {
  const now = revisionOf(conversationId) ?? revision;
  const complete =
    revision >= (liveSince.get(conversationId) ?? Number.POSITIVE_INFINITY) ? Math.max(revision, now) : revision;
  useMessages.setState((state) => setKnownRevision(state, conversationId, complete));
  if (isOutOfStep(conversationId)) whenOutOfStep(conversationId);
}

/** Whether something is missing: changes before a held one, or changes the window was not there for. */
export function isOutOfStep(conversationId: string): boolean {
  if (held.has(conversationId)) return true;
  const known = knownRevisionOf(conversationId);
  return known !== null && known !== revisionOf(conversationId);
}

/** How far the window is behind what has been heard of; negative when it is ahead. */
export function distanceBehind(conversationId: string): number {
  const heard = (held.get(conversationId) ?? []).map((change) => change.revision);
  return Math.max(revisionOf(conversationId) ?? 0, ...heard) - (knownRevisionOf(conversationId) ?? 0);
}

export function forgetRevisions(conversationId?: string): void {
  if (conversationId === undefined) {
    held.clear();
    liveSince.clear();
  } else {
    held.delete(conversationId);
    liveSince.delete(conversationId);
  }
}

function applyHeld(conversationId: string): void {
  const waiting = held.get(conversationId);
  if (waiting === undefined || revisionOf(conversationId) === undefined) return;
  waiting.sort((a, b) => a.revision - b.revision);
  let change = waiting[0];
  while (change !== undefined && change.revision <= (revisionOf(conversationId) ?? 0) + 1) {
    if (change.revision > (revisionOf(conversationId) ?? 0)) change.apply();
    countForWindow(conversationId, change.revision);
    waiting.shift();
    change = waiting[0];
  }
  if (waiting.length === 0) held.delete(conversationId);
}

/** The next change in line makes the window complete one further; its message has been taken in before. */
function countForWindow(conversationId: string, revision: number): void {
  if (knownRevisionOf(conversationId) === revision - 1) {
    useMessages.setState((state) => setKnownRevision(state, conversationId, revision));
  }
}
