import { api } from "../lib/api.ts";
import { ApiError, sentenceFor } from "../lib/api-error.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { beginLoad, failLoad, type MessageWindow, useMessages } from "../stores/messages.store.ts";
import { noteComplete } from "./revisions.ts";
import { takePage } from "./take-messages.ts";

type PageKind = "newest" | "older" | "newer";

/** Fetches a page into the window. Throws ApiError, after leaving its sentence in the window. */
export async function loadPage(conversationId: string, kind: PageKind): Promise<void> {
  useMessages.setState((state) => beginLoad(state, conversationId, kind === "newest" ? "opening" : kind));
  const window = useMessages.getState().windows[conversationId];
  if (window === undefined) return;
  const id = window.load_id;
  const before = useConversations.getState().conversations[conversationId]?.revision ?? 0;
  try {
    const page = await api.listMessages(conversationId, queryOf(window, kind));
    // Superseded, or the window belongs to nobody any more.
    if (useMessages.getState().windows[conversationId]?.load_id !== id) return;
    // The server read the page after it told us of `before`, and after every revision that shows in the page.
    const knownRevision = page.messages.reduce((highest, { revision }) => Math.max(highest, revision), before);
    takePage(conversationId, { id, kind, knownRevision }, page);
    if (kind === "newest") noteComplete(conversationId, knownRevision);
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

function queryOf({ rows }: MessageWindow, kind: PageKind): { before?: number; after?: number } {
  const sent = rows.filter((row) => row.seq !== null);
  if (kind === "older") return { before: sent[0]?.seq ?? 0 };
  if (kind === "newer") return { after: sent.at(-1)?.seq ?? 0 };
  return {};
}
