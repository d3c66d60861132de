import type { Conversation } from "@confab/shared/conversations";
import type { Event, EventOf } from "@confab/shared/events";

/** What a client knows: the snapshot it began with, and every event since applied to it. */
export interface SnapshotState {
  readonly me: EventOf<"ready">["me"];
  readonly conversations: Map<string, Conversation>;
  readonly online: Set<string>;
}

/** The state after all these frames, of which the first must be the snapshot. */
export function stateAfter(events: readonly Event[]): SnapshotState {
  const [first, ...rest] = events;
  if (first?.type !== "ready") throw new Error(`the first frame is ${first?.type}`);
  const state: SnapshotState = {
    me: first.me,
    conversations: new Map(first.conversations.map((conversation) => [conversation.id, conversation])),
    online: new Set(),
  };
  for (const event of rest) apply(state, event);
  return state;
}

function apply(state: SnapshotState, event: Event): void {
  switch (event.type) {
    case "ready":
      throw new Error("a second snapshot");
    case "message.created":
      return change(state, event.message.conversation_id, (known) => withMessage(state, known, event));
    case "conversation.joined":
      state.conversations.set(event.conversation.id, event.conversation);
      return;
    case "conversation.left":
      // Older than what is known: put in again since.
      if ((state.conversations.get(event.conversation_id)?.member_version ?? 0) <= (event.member_version ?? Infinity))
        state.conversations.delete(event.conversation_id);
      return;
    case "conversation.updated": {
      const { type: _, conversation_id, ...changed } = event;
      return change(state, conversation_id, (known) => (isNews(known, event) ? changed : {}));
    }
    case "member.added":
    case "member.updated":
    case "member.removed": {
      const { member_count, member_version, revision } = event;
      const changed = { member_count, member_version, revision };
      return change(state, event.conversation_id, (known) => (isNews(known, event) ? changed : {}));
    }
    case "read_marker.moved":
      return change(state, event.conversation_id, () => ({ read_seq: event.read_seq, unread: event.unread }));
    case "user.updated":
      for (const [id, { other }] of state.conversations)
        if (other?.id === event.user.id) change(state, id, () => ({ other: event.user }));
      return;
    case "presence.changed":
      for (const userId of event.online) state.online.add(userId);
      for (const userId of event.offline) state.online.delete(userId);
      return;
    case "message.updated":
      throw new Error("nothing changes messages yet: teach this what it does when something does");
    case "message.acked":
    case "typing.started":
    case "typing.stopped":
    case "pong":
    case "reconnect":
    case "error":
      return;
    default:
      event satisfies never;
  }
}

/** A whole conversation that came before has in it what led up to it. */
function isNews(known: Conversation, event: { revision: number }): boolean {
  if (event.revision <= known.revision) return false;
  if (event.revision !== known.revision + 1) throw new Error(`revision ${event.revision} follows ${known.revision}`);
  return true;
}

function withMessage(
  state: SnapshotState,
  known: Conversation,
  { message }: EventOf<"message.created">,
): Partial<Conversation> {
  // Committed before the snapshot was read and announced after it: the snapshot has it already.
  if (message.seq <= known.last_seq) return {};
  if (message.seq !== known.last_seq + 1) throw new Error(`message ${message.seq} follows ${known.last_seq}`);
  const unread = known.unread + (message.sender.id === state.me.id ? 0 : 1);
  return { last_seq: message.seq, last_message: message, revision: message.revision, unread };
}

function change(state: SnapshotState, id: string, how: (known: Conversation) => Partial<Conversation>): void {
  const known = state.conversations.get(id);
  if (!known) throw new Error("an event of a conversation this person is not in");
  state.conversations.set(id, { ...known, ...how(known) });
}
