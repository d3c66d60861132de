import type { EventOf } from "@confab/shared/events";
import { replaceConversations, useConversations } from "../stores/conversations.store.ts";
import { dropWindow, heardOfSeq, useMessages } from "../stores/messages.store.ts";
import { forgetPresence, usePresence } from "../stores/presence.store.ts";
import { setSignedIn } from "../stores/session.store.ts";
import { upsertPeople, useUsers } from "../stores/users.store.ts";
import { catchUp, forgetConversation, refresh } from "./catch-up.ts";
import { forgetUnsentOutside } from "./forget-unsent.ts";
import { distanceBehind, noteJump } from "./revisions.ts";
import { peopleOf, stopRecounting } from "./take-conversation.ts";

/** The snapshot a connection begins with: it replaces what was believed, and shows what was missed meanwhile. */
export function applyReady({ me, conversations }: EventOf<"ready">): void {
  setSignedIn(me);
  useUsers.setState((state) => upsertPeople(state, [me, ...conversations.flatMap(peopleOf)]));
  usePresence.setState(forgetPresence());
  useConversations.setState((state) => replaceConversations(state, conversations));
  forgetUnsentOutside(conversations);
  stopRecounting();
  dropUnseenBehind();
  for (const { id } of conversations) noteJump(id);
  for (const conversationId of Object.keys(useMessages.getState().windows)) reviewWindow(conversationId);
}

/**
 * Before anything asks for what is missing: what nobody looks at is fetched when somebody does. After a restart every
 * page comes back at once, and each would ask for all that it has ever shown.
 */
function dropUnseenBehind(): void {
  for (const [id, window] of Object.entries(useMessages.getState().windows))
    if (!window.is_open && window.known_revision !== null && distanceBehind(id) > 0)
      useMessages.setState((state) => dropWindow(state, id));
}

function reviewWindow(conversationId: string): void {
  const window = useMessages.getState().windows[conversationId];
  const conversation = useConversations.getState().conversations[conversationId];
  if (window === undefined) return;
  if (conversation === undefined || conversation.role === null) {
    // Not in the snapshot. What is still being looked at is either seen from outside or out of reach: ask.
    if (!window.is_open) forgetConversation(conversationId);
    else if (window.loading === "none") void refresh(conversationId);
    return;
  }
  if (window.known_revision === null) {
    if (window.is_open && window.loading === "none") void refresh(conversationId);
    return;
  }
  useMessages.setState((state) => heardOfSeq(state, conversationId, conversation.last_seq));
  // Ahead of the snapshot is no reason: an answer over HTTP can be younger, and its event follows in a moment.
  if (distanceBehind(conversationId) > 0) void catchUp(conversationId);
}
