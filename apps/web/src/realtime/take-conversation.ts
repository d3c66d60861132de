import type { Conversation } from "@confab/shared/conversations";
import type { ReadMarker } from "@confab/shared/messages";
import type { Person } from "@confab/shared/users";
import { api } from "../lib/api.ts";
import { ApiError } from "../lib/api-error.ts";
import { applyReadMarker, mergeConversation, useConversations } from "../stores/conversations.store.ts";
import { upsertPeople, useUsers } from "../stores/users.store.ts";
import { backoffMs, Naps } from "./backoff.ts";
import { lifetime } from "./lifetime.ts";
import { noteJump } from "./revisions.ts";

/** A server that contradicts itself so often is not asked again before its next snapshot. */
const RECOUNTS_MAX = 5;

/** How far this person has read here, where the server has not confirmed it yet. */
const unconfirmed = new Map<string, number>();
const recounting = new Set<string>();
const naps = new Naps();

/** Takes in a whole conversation as an answer or event brought it. */
export function takeConversation(conversation: Conversation): void {
  const { id } = conversation;
  const known = useConversations.getState().conversations[id];
  useUsers.setState((state) => upsertPeople(state, peopleOf(conversation)));
  useConversations.setState((state) => mergeConversation(state, conversation));
  if (known?.revision !== useConversations.getState().conversations[id]?.revision) noteJump(id);
  if (known === undefined || saysExactly(conversation, known)) recounting.delete(id);
  else if (saysInPart(conversation, known)) recount(id);
}

/** The server's word about the read marker. */
export function takeReadMarker(marker: ReadMarker): void {
  const { conversation_id: id, read_seq, last_seq } = marker;
  useConversations.setState((state) => applyReadMarker(state, marker));
  if (read_seq >= (unconfirmed.get(id) ?? 0)) unconfirmed.delete(id);
  const conversation = useConversations.getState().conversations[id];
  if (conversation === undefined || conversation.read_seq >= conversation.last_seq) return;
  // Counted before messages that are here already, or after some whose events are still on the way.
  if (last_seq !== conversation.last_seq) recount(id);
}

export function expectReadMarker(conversationId: string, seq: number): void {
  unconfirmed.set(conversationId, Math.max(seq, unconfirmed.get(conversationId) ?? 0));
}

export function forgetExpected(conversationId: string): void {
  unconfirmed.delete(conversationId);
}

export function expectedReadMarkers(): ReadonlyMap<string, number> {
  return unconfirmed;
}

export function peopleOf({ other, last_message }: Conversation): Person[] {
  return [other, last_message?.sender ?? null].filter((person) => person !== null);
}

/** A snapshot has said everything exactly. */
export function stopRecounting(): void {
  recounting.clear();
  naps.wakeAll();
}

export function forgetExpectations(): void {
  unconfirmed.clear();
  stopRecounting();
}

/** As new as what is known in both respects, so its count of the unread is the right one. */
function saysExactly(conversation: Conversation, known: Conversation): boolean {
  return conversation.revision >= known.revision && conversation.read_seq >= known.read_seq;
}

/** Newer in one respect and older in the other: the merged count is an estimate. */
function saysInPart(conversation: Conversation, known: Conversation): boolean {
  return conversation.read_seq > known.read_seq || conversation.last_seq > known.last_seq;
}

/** Asks until the server's count is as new as what is known here. */
function recount(conversationId: string): void {
  if (recounting.has(conversationId)) return;
  recounting.add(conversationId);
  void askUntilExact(conversationId, lifetime());
}

async function askUntilExact(conversationId: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1; tries <= RECOUNTS_MAX && recounting.has(conversationId); tries += 1) {
    try {
      const conversation = await api.getConversation(conversationId);
      if (signal.aborted) return;
      takeConversation(conversation);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    if (recounting.has(conversationId)) await naps.sleep(conversationId, backoffMs(tries));
    if (signal.aborted) return;
  }
  recounting.delete(conversationId);
}
