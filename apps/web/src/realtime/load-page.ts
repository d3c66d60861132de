import { MESSAGES_PAGE, MESSAGES_PAGE_MAX } from "@confab/shared/limits";
import { api } from "../lib/api.ts";
import { ApiError, sentenceFor } from "../lib/api-error.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { beginLoad, failLoad, type MessageWindow, type PageKind, useMessages } from "../stores/messages.store.ts";
import { readingPlaceOf } from "./reading-place.ts";
import { noteComplete } from "./revisions.ts";
import { takePage } from "./take-messages.ts";

/** Fetches a page into the window. Throws ApiError, after leaving its sentence in the window. */
export async function loadPage(conversationId: string, kind: PageKind): Promise<void> {
  useMessages.setState((state) => beginLoad(state, conversationId, replacesAll(kind) ? "opening" : kind));
  const window = useMessages.getState().windows[conversationId];
  if (window === undefined) return;
  const id = window.load_id;
  const before = useConversations.getState().conversations[conversationId]?.revision ?? 0;
  try {
    const page = await api.listMessages(conversationId, queryOf(conversationId, window, kind));
    // Superseded, or the window belongs to nobody any more.
    if (useMessages.getState().windows[conversationId]?.load_id !== id) return;
    // The server read the page after it told us of `before`, and after every revision that shows in the page.
    const knownRevision = page.messages.reduce((highest, { revision }) => Math.max(highest, revision), before);
    takePage(conversationId, { id, kind, knownRevision }, page);
    if (replacesAll(kind)) noteComplete(conversationId, knownRevision);
  } catch (error) {
    useMessages.setState((state) => failLoad(state, conversationId, id, sentenceFor(error)));
    throw error;
  }
}

/** The same for scrolling: one at a time, and a failure is only told in the window. */
export async function loadPageIfIdle(conversationId: string, kind: PageKind): Promise<void> {
  if (useMessages.getState().windows[conversationId]?.loading !== "none") return;
  try {
    await loadPage(conversationId, kind);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

function replacesAll(kind: PageKind): kind is "newest" | "around" {
  return kind === "newest" || kind === "around";
}

function queryOf(
  conversationId: string,
  { rows }: MessageWindow,
  kind: PageKind,
): Parameters<typeof api.listMessages>[1] {
  const sent = rows.filter((row) => row.seq !== null);
  if (kind === "older") return { before: sent[0]?.seq ?? 0 };
  if (kind === "newer") return { after: sent.at(-1)?.seq ?? 0 };
  const place = readingPlaceOf(conversationId);
  if (kind === "newest" || place === null) return {};
  // Not among them is what stands above the first of them: the conversation's beginning.
  const seq = (sent.find((row) => row.id === place) ?? sent[0])?.seq ?? 0;
  // From that message on there has to be enough for a whole screen, or it cannot stay at its place there.
  return { after: Math.max(0, seq - 1 - MESSAGES_PAGE), limit: MESSAGES_PAGE_MAX };
}
