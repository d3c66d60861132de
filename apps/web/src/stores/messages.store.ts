import type { Message, MessagesPage } from "@confab/shared/messages";
import { create } from "zustand";
import {
  absorb,
  absorbPage,
  BLANK_WINDOW,
  failLoading,
  forgetSent,
  type MessageRow,
  type MessageWindow,
  noteNewest,
  type PageKind,
  putUnsent,
  removeUnsent,
  trim,
} from "./message-window.ts";

export type { MessageRow, MessageWindow, PageKind } from "./message-window.ts";

export interface MessagesState {
  /** By conversation id. A conversation without a window has simply not been looked at. */
  windows: Record<string, MessageWindow>;
}

export const useMessages = create<MessagesState>(() => ({ windows: {} }));

function change(
  state: MessagesState,
  conversationId: string,
  transition: (window: MessageWindow) => MessageWindow,
): MessagesState {
  const window = state.windows[conversationId];
  if (window === undefined) return state;
  const next = transition(window);
  return next === window ? state : { windows: { ...state.windows, [conversationId]: next } };
}

function changeOrBegin(
  state: MessagesState,
  conversationId: string,
  transition: (window: MessageWindow) => MessageWindow,
): MessagesState {
  const begun = state.windows[conversationId]
    ? state
    : { windows: { ...state.windows, [conversationId]: BLANK_WINDOW } };
  return change(begun, conversationId, transition);
}

/**
 * The one way by which a message of the server enters the page: ack, echo, live event, fetch and catch-up all end
 * here. They commute, and repeating one changes nothing.
 */
export function upsertMessages(
  state: MessagesState,
  conversationId: string,
  messages: readonly Message[],
): MessagesState {
  return change(state, conversationId, (window) => absorb(window, messages));
}

export function openWindow(state: MessagesState, conversationId: string): MessagesState {
  return changeOrBegin(state, conversationId, (window) => ({ ...window, is_open: true }));
}

/** Keeps the newest rows for a quick return; a window that had left the newest end is worth nothing later. */
export function closeWindow(state: MessagesState, conversationId: string): MessagesState {
  const closed = change(state, conversationId, (window) => ({ ...window, is_open: false, divider_after_seq: null }));
  const window = closed.windows[conversationId];
  if (window === undefined) return closed;
  return window.reaches_newest ? change(closed, conversationId, trim) : dropWindow(closed, conversationId);
}

/** In doubt: throws away what the server said and keeps what was not sent yet. */
export function dropWindow(state: MessagesState, conversationId: string): MessagesState {
  const dropped = change(state, conversationId, forgetSent);
  const window = dropped.windows[conversationId];
  return window && !window.is_open && window.rows.length === 0 ? removeWindow(dropped, conversationId) : dropped;
}

export function removeWindow(state: MessagesState, conversationId: string): MessagesState {
  const { [conversationId]: _, ...windows } = state.windows;
  return { windows };
}

export function setDivider(state: MessagesState, conversationId: string, seq: number | null): MessagesState {
  return change(state, conversationId, (window) => ({ ...window, divider_after_seq: seq }));
}

export function beginLoad(
  state: MessagesState,
  conversationId: string,
  loading: "opening" | "older" | "newer",
): MessagesState {
  return changeOrBegin(state, conversationId, (window) => ({
    ...window,
    loading,
    failure: null,
    load_id: window.load_id + 1,
  }));
}

export function failLoad(state: MessagesState, conversationId: string, loadId: number, failure: string): MessagesState {
  return change(state, conversationId, (window) => (window.load_id === loadId ? failLoading(window, failure) : window));
}

/** Something about this conversation could not be had. */
export function setFailure(state: MessagesState, conversationId: string, failure: string): MessagesState {
  return change(state, conversationId, (window) => ({ ...window, failure }));
}

/** The answer to the load begun as `load.id`; ignored when that load has been superseded. */
export function applyPage(
  state: MessagesState,
  conversationId: string,
  load: { id: number; kind: PageKind; knownRevision: number },
  page: MessagesPage,
): MessagesState {
  return change(state, conversationId, (window) => absorbPage(window, load, page));
}

/** Says that every change up to `revision` has been taken in. */
export function setKnownRevision(state: MessagesState, conversationId: string, revision: number): MessagesState {
  return change(state, conversationId, (window) =>
    window.known_revision !== null && revision > window.known_revision
      ? { ...window, known_revision: revision }
      : window,
  );
}

export function heardOfSeq(state: MessagesState, conversationId: string, seq: number): MessagesState {
  return change(state, conversationId, (window) => (window.known_revision === null ? window : noteNewest(window, seq)));
}

export function putUnsentRow(state: MessagesState, row: MessageRow): MessagesState {
  return changeOrBegin(state, row.conversation_id, (window) => putUnsent(window, row));
}

export function removeUnsentRow(state: MessagesState, conversationId: string, id: string): MessagesState {
  const next = change(state, conversationId, (window) => removeUnsent(window, id));
  const window = next.windows[conversationId];
  const isEmpty = window !== undefined && !window.is_open && window.known_revision === null && window.rows.length === 0;
  return isEmpty ? removeWindow(next, conversationId) : next;
}
