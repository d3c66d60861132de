import { api } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { catchUp, drawDivider, forgetConversation, reloadNewest } from "../../realtime/catch-up.ts";
import { lifetime } from "../../realtime/lifetime.ts";
import { isOutOfStep } from "../../realtime/revisions.ts";
import { takeConversation } from "../../realtime/take-conversation.ts";
import { useConversations } from "../../stores/conversations.store.ts";
import { openWindow, setFailure, useMessages } from "../../stores/messages.store.ts";

/**
 * Makes a conversation ready to be shown: its newest messages, and the line before what is new since the last visit.
 * Never throws; after "failed" the window's `failure` has the sentence, and opening again tries again.
 */
export async function openConversation(conversationId: string): Promise<"opened" | "not_found" | "failed"> {
  useMessages.setState((state) => openWindow(state, conversationId));
  try {
    await Promise.all([fixDivider(conversationId), fillWindow(conversationId)]);
    return "opened";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) {
      forgetConversation(conversationId);
      return "not_found";
    }
    useMessages.setState((state) => setFailure(state, conversationId, error.message));
    return "failed";
  }
}

async function fixDivider(conversationId: string): Promise<void> {
  const signal = lifetime();
  if (useConversations.getState().conversations[conversationId] === undefined) {
    const fetched = await api.getConversation(conversationId);
    if (signal.aborted) return;
    takeConversation(fetched);
  }
  drawDivider(conversationId);
}

async function fillWindow(conversationId: string): Promise<void> {
  const window = useMessages.getState().windows[conversationId];
  if (window?.loading === "opening") return;
  const isFilled = window?.known_revision != null && (window.reaches_newest || isOutOfStep(conversationId));
  if (isFilled) void catchUp(conversationId);
  else await reloadNewest(conversationId);
}
