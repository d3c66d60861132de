import { setTimeout as delay } from "node:timers/promises";
import type { ChangesAnswer, Conversation } from "@confab/shared/conversations";
import type { Event } from "@confab/shared/events";
import { CHANGES_PAGE_MAX, MESSAGES_PAGE_MAX } from "@confab/shared/limits";
import type { Message, MessagesPage } from "@confab/shared/messages";

/** Events of one moment may overtake each other on their way through the server. */
const GAP_PATIENCE_MS = 300;
const RETRY_BASE_MS = 200;
const RETRY_MAX_MS = 3_000;

export interface WindowHandlers {
  /** Throws when there is no good answer. */
  get(path: string): Promise<unknown>;
  /** At least 0, less than 1. */
  jitter(): number;
  onShow(message: Message, by: "live" | "changes" | "page"): void;
  onWindow(conversation: string, from: number): void;
  onSynced(conversation: string, seq: number): void;
}

interface Window {
  readonly conversation: string;
  /** Every change up to it is in the window. */
  known: number;
  /** The highest revision, and the last seq, that anything has told of. */
  heard: number;
  head: number;
  /** Changes that came before those in front of them. */
  readonly held: Map<number, Event>;
  /** What is on the screen: id by seq. */
  readonly shown: Map<number, string>;
  /** Where it begins, and the last message in it. */
  from: number;
  last: number;
  isCatchingUp: boolean;
}

/**
 * What one client has on its screen, kept by revisions as the web app does it: the next change is applied, one further on
 * is held, a gap that stays is caught up with, and far behind the window begins anew.
 */
export class Windows {
  readonly #windows = new Map<string, Window>();
  readonly #handlers: WindowHandlers;
  #isStopped = false;

  constructor(handlers: WindowHandlers) {
    this.#handlers = handlers;
  }

  stop(): void {
    this.#isStopped = true;
  }

  known(conversation: string): number {
    return this.#windows.get(conversation)?.known ?? 0;
  }

  lastShown(conversation: string): number {
    return this.#windows.get(conversation)?.last ?? 0;
  }

  /** A whole conversation, from a snapshot. `fromHead`: a window that begins now wants nothing older. */
  open({ id, revision, last_seq }: Conversation, fromHead: boolean): void {
    const window = this.#windows.get(id) ?? this.#begin(id, fromHead ? { revision, last_seq } : null);
    window.heard = Math.max(window.heard, revision);
    window.head = Math.max(window.head, last_seq);
    if (window.known < window.heard) void this.#catchUp(window);
    else this.#handlers.onSynced(id, window.head);
  }

  close(conversation: string): void {
    this.#windows.delete(conversation);
  }

  /** A change that carries its conversation's revision. */
  hear(conversation: string, revision: number, event: Event): void {
    const window = this.#windows.get(conversation);
    if (!window) return;
    window.heard = Math.max(window.heard, revision);
    if (revision <= window.known) return this.#apply(window, event);
    window.held.set(revision, event);
    this.#applyHeld(window);
    if (window.held.size > 0) setTimeout(() => void this.#catchUp(window), GAP_PATIENCE_MS);
  }

  #begin(conversation: string, at: { revision: number; last_seq: number } | null): Window {
    const window: Window = {
      ...{ conversation, known: at?.revision ?? 0, heard: 0, head: 0, isCatchingUp: false },
      ...{ from: (at?.last_seq ?? 0) + 1, last: at?.last_seq ?? 0, held: new Map(), shown: new Map() },
    };
    if (at) this.#handlers.onWindow(conversation, window.from);
    this.#windows.set(conversation, window);
    return window;
  }

  #applyHeld(window: Window): void {
    for (const revision of window.held.keys()) if (revision <= window.known) window.held.delete(revision);
    for (let next = window.held.get(window.known + 1); next; next = window.held.get(window.known + 1)) {
      window.known += 1;
      window.held.delete(window.known);
      this.#apply(window, next);
    }
  }

  #apply(window: Window, event: Event): void {
    if (event.type === "message.created" || event.type === "message.updated") this.#take(window, event.message, "live");
  }

  /** The same message at the same place is on the screen once; anything else is shown, for the checker to see. */
  #take(window: Window, message: Message, by: "live" | "changes" | "page"): void {
    if (message.seq < window.from || window.shown.get(message.seq) === message.id) return;
    window.shown.set(message.seq, message.id);
    window.last = Math.max(window.last, message.seq);
    this.#handlers.onShow(message, by);
  }

  async #catchUp(window: Window): Promise<void> {
    if (window.isCatchingUp) return;
    window.isCatchingUp = true;
    let patience = RETRY_BASE_MS;
    while (!this.#isStopped && this.#windows.get(window.conversation) === window && window.known < window.heard) {
      const isDone = await this.#readChanges(window).then(
        () => true,
        () => false,
      );
      if (!isDone) await delay(patience * this.#handlers.jitter());
      patience = isDone ? RETRY_BASE_MS : Math.min(RETRY_MAX_MS, patience * 2);
    }
    window.isCatchingUp = false;
    if (window.known >= window.heard) this.#handlers.onSynced(window.conversation, window.head);
  }

  async #readChanges(window: Window): Promise<void> {
    const query = `after_revision=${window.known}&limit=${CHANGES_PAGE_MAX}`;
    const path = `/api/v1/conversations/${window.conversation}/changes?${query}`;
    const page = (await this.#handlers.get(path)) as ChangesAnswer;
    if (page.limited) return this.#beginAnew(window);
    for (const message of page.messages) this.#take(window, message, "changes");
    window.known = Math.max(window.known, page.revision);
    if (page.complete) window.head = Math.max(window.head, page.conversation.last_seq);
    this.#applyHeld(window);
  }

  /** The conversation first: what is committed between the two answers is in the page, and comes as a change as well. */
  async #beginAnew(window: Window): Promise<void> {
    const path = `/api/v1/conversations/${window.conversation}`;
    const { conversation } = (await this.#handlers.get(path)) as { conversation: Conversation };
    const page = (await this.#handlers.get(`${path}/messages?limit=${MESSAGES_PAGE_MAX}`)) as MessagesPage;
    window.shown.clear();
    window.from = page.messages[0]?.seq ?? 1;
    this.#handlers.onWindow(window.conversation, window.from);
    for (const message of page.messages) this.#take(window, message, "page");
    window.known = Math.max(window.known, conversation.revision);
    window.head = Math.max(window.head, conversation.last_seq);
    this.#applyHeld(window);
  }
}
