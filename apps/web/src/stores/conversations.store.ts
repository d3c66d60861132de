import type { Conversation } from "@confab/shared/conversations";
import type { EventOf } from "@confab/shared/events";
import type { Message, ReadMarker } from "@confab/shared/messages";
import { create } from "zustand";

export interface ConversationsState {
  /** By id: everything this person is in, and for administrators also what they are looking at from outside. */
  conversations: Record<string, Conversation>;
  /** True once the first snapshot has arrived. */
  loaded: boolean;
  /** What this person was taken out of since the last snapshot, and as of which member_version; for good: infinity. */
  left: Record<string, number>;
}

export const useConversations = create<ConversationsState>(() => ({ conversations: {}, loaded: false, left: {} }));

function change(
  state: ConversationsState,
  id: string,
  transition: (conversation: Conversation) => Conversation,
): ConversationsState {
  const conversation = state.conversations[id];
  if (conversation === undefined) return state;
  const next = transition(conversation);
  return next === conversation ? state : { ...state, conversations: { ...state.conversations, [id]: next } };
}

/**
 * Takes in a whole conversation from any answer; the higher revision and the further read marker stay. Word of a membership
 * that has ended since comes too late.
 */
export function mergeConversation(state: ConversationsState, conversation: Conversation): ConversationsState {
  const isOver = conversation.member_version <= (state.left[conversation.id] ?? -1);
  if (isOver && conversation.role !== null) return state;
  const known = state.conversations[conversation.id];
  const next = known === undefined ? conversation : newerOf(known, conversation);
  return { ...state, conversations: { ...state.conversations, [conversation.id]: next } };
}

/** A snapshot is everything there is. Only conversations looked at from outside (no role) are not part of it. */
export function replaceConversations(state: ConversationsState, snapshot: readonly Conversation[]): ConversationsState {
  const outside = Object.values(state.conversations).filter((conversation) => conversation.role === null);
  const conversations = Object.fromEntries([...outside, ...snapshot].map((entry) => [entry.id, entry]));
  return { conversations, loaded: true, left: {} };
}

/** Whether word of a removal is old: whoever was taken out has been put in again since. */
export function isBackIn(state: ConversationsState, left: EventOf<"conversation.left">): boolean {
  const known = state.conversations[left.conversation_id];
  return !!known?.role && left.member_version !== null && known.member_version > left.member_version;
}

/** Takes out what this person is in no more; `isBackIn` has been asked before. */
export function leaveConversation(state: ConversationsState, left: EventOf<"conversation.left">): ConversationsState {
  const { conversation_id, member_version } = left;
  const next = { ...state.left, [conversation_id]: member_version ?? Number.POSITIVE_INFINITY };
  return { ...removeConversation(state, conversation_id), left: next };
}

export function removeConversation(state: ConversationsState, id: string): ConversationsState {
  const { [id]: _, ...conversations } = state.conversations;
  return { ...state, conversations };
}

/** A message that is new here counts once: `last_seq` says up to which one they have been counted. */
export function applyMessage(
  state: ConversationsState,
  message: Message,
  myId: string | undefined,
): ConversationsState {
  return change(state, message.conversation_id, (conversation) => {
    const revised = { ...conversation, revision: Math.max(conversation.revision, message.revision) };
    if (message.seq > conversation.last_seq) {
      const isUnread = message.sender.id !== myId && message.seq > conversation.read_seq;
      const unread = conversation.unread + (isUnread ? 1 : 0);
      return { ...revised, last_seq: message.seq, last_message: message, unread };
    }
    const last = conversation.last_message;
    return last?.id === message.id && last.revision < message.revision
      ? { ...revised, last_message: message }
      : revised;
  });
}

export function applyConversationUpdate(
  state: ConversationsState,
  event: EventOf<"conversation.updated">,
): ConversationsState {
  const { type: _, conversation_id, ...changed } = event;
  return change(state, conversation_id, (conversation) => ({ ...conversation, ...changed }));
}

export function applyMemberChange(
  state: ConversationsState,
  event: EventOf<"member.added" | "member.updated" | "member.removed">,
): ConversationsState {
  const { member_count, member_version, revision } = event;
  return change(state, event.conversation_id, (conversation) => ({
    ...conversation,
    member_count,
    member_version,
    revision,
  }));
}

/** The server's word about the read marker. An earlier place than the known one is old news. */
export function applyReadMarker(state: ConversationsState, marker: ReadMarker): ConversationsState {
  return change(state, marker.conversation_id, (conversation) => {
    if (marker.read_seq < conversation.read_seq) return conversation;
    // The count may include messages whose events are still on the way; those will count themselves.
    const unread = Math.min(marker.unread, Math.max(0, conversation.last_seq - marker.read_seq));
    return { ...conversation, read_seq: marker.read_seq, unread };
  });
}

/** Moves the marker on this screen before the server has agreed; never backwards. */
export function advanceReadMarker(state: ConversationsState, id: string, seq: number): ConversationsState {
  return change(state, id, (conversation) => {
    const read_seq = Math.min(seq, conversation.last_seq);
    if (read_seq <= conversation.read_seq) return conversation;
    return { ...conversation, read_seq, unread: Math.min(conversation.unread, conversation.last_seq - read_seq) };
  });
}

function newerOf(known: Conversation, other: Conversation): Conversation {
  const newer = other.revision >= known.revision ? other : known;
  const older = newer === other ? known : other;
  if (older.read_seq <= newer.read_seq) return newer;
  // A marker moved here is ahead of the answer, which therefore counts too many: at most what follows it is unread.
  const estimate = Math.min(newer.unread, Math.max(0, newer.last_seq - older.read_seq));
  const unread = newer.last_seq === older.last_seq ? older.unread : estimate;
  return { ...newer, read_seq: older.read_seq, unread };
}

const sorted = new WeakMap<ConversationsState["conversations"], Conversation[]>();

/** The person's own conversations: latest activity first, the archived at the end. The same list object until something changes. */
export function selectSortedConversations(state: ConversationsState): Conversation[] {
  const known = sorted.get(state.conversations);
  if (known !== undefined) return known;
  const list = Object.values(state.conversations)
    .filter((conversation) => conversation.role !== null)
    .map((conversation) => ({
      conversation,
      isArchived: Number(conversation.archived_at !== null),
      at: activeAt(conversation),
    }))
    .sort((a, b) => a.isArchived - b.isArchived || b.at - a.at || (a.conversation.id < b.conversation.id ? -1 : 1))
    .map(({ conversation }) => conversation);
  sorted.set(state.conversations, list);
  return list;
}

export function selectTotalUnread(state: ConversationsState): number {
  let total = 0;
  for (const conversation of Object.values(state.conversations)) {
    if (conversation.role !== null) total += conversation.unread;
  }
  return total;
}

function activeAt(conversation: Conversation): number {
  return Date.parse(conversation.last_message?.sent_from_server ?? conversation.created_at);
}
