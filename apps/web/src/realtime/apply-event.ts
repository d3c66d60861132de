import { statusOf } from "@confab/shared/errors";
import type { Event, EventOf } from "@confab/shared/events";
import { noteStored, useConnection } from "../stores/connection.store.ts";
import {
  applyConversationUpdate,
  applyMemberChange,
  applyMessage,
  isBackIn,
  leaveConversation,
  useConversations,
} from "../stores/conversations.store.ts";
import { changeOnline, usePresence } from "../stores/presence.store.ts";
import { useSession } from "../stores/session.store.ts";
import { upsertPeople, useUsers } from "../stores/users.store.ts";
import { applyReady } from "./apply-ready.ts";
import { forgetConversation } from "./catch-up.ts";
import { forgetUnsent } from "./forget-unsent.ts";
import { refuseSend } from "./outbox-entries.ts";
import { takeChange } from "./revisions.ts";
import { takeConversation, takeReadMarker } from "./take-conversation.ts";
import { takeMessages } from "./take-messages.ts";
import { takeTypingStarted, takeTypingStopped } from "./typing.ts";

/** What each event of the server does to the stores. Events of one conversation may come late, early or twice. */
export function applyEvent(event: Event): void {
  switch (event.type) {
    case "ready":
      return applyReady(event);
    case "message.acked":
    case "message.created":
    case "message.updated":
      return takeMessageEvent(event);
    case "conversation.joined":
      return takeConversation(event.conversation);
    case "conversation.left":
      return takeLeft(event);
    case "conversation.updated":
      return inOrder(event, () => useConversations.setState((state) => applyConversationUpdate(state, event)));
    case "member.added":
      useUsers.setState((state) => upsertPeople(state, [event.member.user]));
      return inOrder(event, () => useConversations.setState((state) => applyMemberChange(state, event)));
    case "member.updated":
      return inOrder(event, () => useConversations.setState((state) => applyMemberChange(state, event)));
    case "user.updated":
      return useUsers.setState((state) => upsertPeople(state, [event.user]));
    case "member.removed":
      takeTypingStopped(event.conversation_id, event.user_id);
      return inOrder(event, () => useConversations.setState((state) => applyMemberChange(state, event)));
    case "read_marker.moved":
      return takeReadMarker(event);
    case "typing.started":
      return takeTypingStarted(event.conversation_id, event.user);
    case "typing.stopped":
      return takeTypingStopped(event.conversation_id, event.user_id);
    case "presence.changed":
      return usePresence.setState((state) => changeOnline(state, event.online, event.offline));
    case "pong":
    case "reconnect":
      // The connection's own business.
      return;
    case "error":
      return takeError(event);
    default:
      event satisfies never;
  }
}

function takeLeft(event: EventOf<"conversation.left">): void {
  if (isBackIn(useConversations.getState(), event)) return;
  forgetUnsent(event.conversation_id);
  forgetConversation(event.conversation_id);
  useConversations.setState((state) => leaveConversation(state, event));
}

function takeMessageEvent({ type, message }: EventOf<"message.acked" | "message.created" | "message.updated">): void {
  const { conversation_id, revision, sender } = message;
  useConnection.setState(noteStored);
  takeMessages(conversation_id, [message]);
  if (type !== "message.updated") takeTypingStopped(conversation_id, sender.id);
  const myId = useSession.getState().me?.id;
  inOrder({ conversation_id, revision }, () =>
    useConversations.setState((state) => applyMessage(state, message, myId)),
  );
}

function inOrder(change: { conversation_id: string; revision: number }, apply: () => void): void {
  takeChange(change.conversation_id, change.revision, apply);
}

function takeError({ id, code, message, retry_after }: EventOf<"error">): void {
  if (id === null) useConnection.setState({ last_error: message });
  else refuseSend(id, statusOf(code), message, retry_after === undefined ? null : retry_after * 1_000);
}
