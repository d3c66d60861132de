import { CHANGES_PAGE_MAX } from "@confab/shared/limits";
import { api } from "../lib/api.ts";
import { ApiError } from "../lib/api-error.ts";
import { removeConversation, useConversations } from "../stores/conversations.store.ts";
import { dropWindow, removeWindow, setDivider, useMessages } from "../stores/messages.store.ts";
import { backoffMs, Naps } from "./backoff.ts";
import { lifetime } from "./lifetime.ts";
import { loadPage } from "./load-page.ts";
import { distanceBehind, forgetRevisions, isOutOfStep, noteComplete, onOutOfStep } from "./revisions.ts";
import { takeConversation } from "./take-conversation.ts";
import { takeMessages } from "./take-messages.ts";

/** Events of one moment may overtake each other on their way through the server; a gap that stays is a loss. */
const GAP_PATIENCE_MS = 300;
/** So many answers in a row that change nothing mean that this page and the server disagree: start afresh. */
const FRUITLESS_MAX = 3;

const running = new Set<string>();
const patience = new Map<string, ReturnType<typeof setTimeout>>();
const naps = new Naps();

/** Catches up unless what is missing arrives within a moment. */
export function scheduleCatchUp(conversationId: string): void {
  if (patience.has(conversationId)) return;
  const timer = setTimeout(() => {
    patience.delete(conversationId);
    void catchUp(conversationId);
  }, GAP_PATIENCE_MS);
  patience.set(conversationId, timer);
}

/**
 * Asks for what is missing until nothing is: exact afterwards, or, when the server says that it is too much, afresh.
 * One runs at a time for each conversation; a call while one waits to try again makes it try now.
 */
export async function catchUp(conversationId: string): Promise<void> {
  naps.wake(conversationId);
  if (running.has(conversationId)) return;
  running.add(conversationId);
  const signal = lifetime();
  try {
    let failures = 0;
    let fruitless = 0;
    while (!signal.aborted && isOutOfStep(conversationId)) {
      const before = placeOf(conversationId);
      const outcome = await tryStep(conversationId, fruitless >= FRUITLESS_MAX, signal);
      if (outcome === "over" || signal.aborted) return;
      failures = outcome === "failed" ? failures + 1 : 0;
      fruitless = outcome === "done" && placeOf(conversationId) === before ? fruitless + 1 : 0;
      if (failures + fruitless > 0) await naps.sleep(conversationId, backoffMs(failures + fruitless));
    }
  } finally {
    if (!signal.aborted) running.delete(conversationId);
  }
}

/** Replaces what is held by the newest page; for a conversation nobody looks at, holds nothing. Throws ApiError. */
export async function reloadNewest(conversationId: string): Promise<void> {
  if (useMessages.getState().windows[conversationId]?.is_open) await loadPage(conversationId, "newest");
  else useMessages.setState((state) => dropWindow(state, conversationId));
}

/** Draws the line "new messages" where this person has stopped reading, if there are any. */
export function drawDivider(conversationId: string): void {
  const conversation = useConversations.getState().conversations[conversationId];
  if (conversation === undefined || conversation.role === null || conversation.unread === 0) return;
  useMessages.setState((state) => setDivider(state, conversationId, conversation.read_seq));
}

/** Fetches an open conversation anew where nobody waits for the result: a failure stands in the window. */
export async function refresh(conversationId: string): Promise<void> {
  const signal = lifetime();
  try {
    const conversation = await api.getConversation(conversationId);
    if (signal.aborted) return;
    takeConversation(conversation);
    await reloadNewest(conversationId);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) forgetConversation(conversationId);
  }
}

/** The person is no longer in it, or it never was. */
export function forgetConversation(conversationId: string): void {
  forgetRevisions(conversationId);
  useConversations.setState((state) => removeConversation(state, conversationId));
  useMessages.setState((state) => removeWindow(state, conversationId));
}

export function stopCatchingUp(): void {
  for (const timer of patience.values()) clearTimeout(timer);
  patience.clear();
  running.clear();
  naps.wakeAll();
  forgetRevisions();
}

async function tryStep(
  conversationId: string,
  afresh: boolean,
  signal: AbortSignal,
): Promise<"done" | "failed" | "over"> {
  try {
    await step(conversationId, afresh, signal);
    return "done";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404 && !signal.aborted) forgetConversation(conversationId);
    return error.status === 404 || error.status === 401 ? "over" : "failed";
  }
}

async function step(conversationId: string, afresh: boolean, signal: AbortSignal): Promise<void> {
  const from = useMessages.getState().windows[conversationId]?.known_revision ?? null;
  const isKnown = useConversations.getState().conversations[conversationId] !== undefined;
  const behind = distanceBehind(conversationId);
  if (from === null || !isKnown || behind < 0 || afresh) {
    const conversation = await api.getConversation(conversationId);
    if (signal.aborted) return;
    if (afresh) {
      forgetRevisions(conversationId);
      useConversations.setState((state) => removeConversation(state, conversationId));
    }
    takeConversation(conversation);
    if (!afresh && (from === null || distanceBehind(conversationId) >= 0)) return;
    // Ahead of the server itself: it has gone back in time, and what is held here may never have happened.
    useMessages.setState((state) => dropWindow(state, conversationId));
    return reloadNewest(conversationId);
  }
  const answer = await api.listChanges(conversationId, { after_revision: from, limit: CHANGES_PAGE_MAX });
  if (signal.aborted) return;
  if (!answer.limited) takeMessages(conversationId, answer.messages);
  takeConversation(answer.conversation);
  if (answer.limited) await beginAfresh(conversationId);
  else noteComplete(conversationId, answer.revision);
}

/** Nobody knows what has become of the messages held: they go, for those that are being read now or for the newest. */
async function beginAfresh(conversationId: string): Promise<void> {
  if (!useMessages.getState().windows[conversationId]?.is_open) return reloadNewest(conversationId);
  drawDivider(conversationId);
  await loadPage(conversationId, "around");
}

/** Where both counts stand; a step that leaves them there has brought nothing. */
function placeOf(conversationId: string): string {
  const revision = useConversations.getState().conversations[conversationId]?.revision;
  return `${revision} ${useMessages.getState().windows[conversationId]?.known_revision}`;
}

onOutOfStep(scheduleCatchUp);
