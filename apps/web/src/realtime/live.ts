import type { Event } from "@confab/shared/events";
import { api, dropDeadConnections } from "../lib/api.ts";
import { ApiError } from "../lib/api-error.ts";
import { noteRefusal, useConnection } from "../stores/connection.store.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { loadDrafts } from "../stores/drafts.store.ts";
import { resetPersonalStores } from "../stores/reset-stores.ts";
import { type SessionState, setSignedIn, setSignedOut, useSession } from "../stores/session.store.ts";
import { applyEvent } from "./apply-event.ts";
import { stopCatchingUp } from "./catch-up.ts";
import { Connection } from "./connection.ts";
import { endLifetime, lifetime } from "./lifetime.ts";
import { restoreOutbox, sendAllWaiting, stopSending } from "./outbox.ts";
import { interruptSends } from "./outbox-entries.ts";
import { shareOutbox, stopSharing } from "./outbox-tabs.ts";
import { repeatReadMarkers, sayWhatWasRead, stopReading } from "./read-marker.ts";
import { takeConversation } from "./take-conversation.ts";
import { forgetTyping } from "./typing.ts";

let connection: Connection | null = null;
let isWatching = false;
let socketUrl: string | undefined;

/** Connects this page to the server's events and sends what is waiting. Needs somebody signed in; repeating is harmless. */
export function startLive(): void {
  const { me } = useSession.getState();
  if (connection !== null || me === null) return;
  watch();
  loadDrafts(me.id);
  connection = new Connection({
    url: findSocketUrl,
    onEvent: takeEvent,
    onLost: interruptSends,
    onSilence: dropDeadConnections,
    onRefused: () => void askWhoThisIs(),
    onSessionEnded: setSignedOut,
  });
  connection.start();
  // Before the disk is read: what another tab writes in between is in one of the two.
  shareOutbox(me.id);
  void restoreOutbox(me);
}

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  useSession.subscribe(watchPerson);
  window.addEventListener("pagehide", sayWhatWasRead);
}

/** Closes the connection. The stores keep what they hold; the next `startLive` brings them up to date. */
export function stopLive(): void {
  if (connection === null) return;
  connection.stop();
  connection = null;
  endLifetime();
  stopSending();
  stopSharing();
  stopCatchingUp();
  stopReading();
  forgetTyping();
}

/** Tries at once, instead of waiting, to reconnect or to send what waits. */
export function retryNow(): void {
  connection?.retryNow();
  if (useConnection.getState().has_trouble) sendAllWaiting();
}

function takeEvent(event: Event): void {
  if (event.type === "ready" && event.me.id !== useSession.getState().me?.id) {
    // Another tab has signed in as somebody else: nothing of the two may mix. The watcher starts anew.
    setSignedIn(event.me);
    return;
  }
  applyEvent(event);
  if (event.type === "ready") {
    sendAllWaiting();
    repeatReadMarkers();
  }
}

/** Nothing of one person's may be on the page when the next signs in, or after signing out. */
function watchPerson(now: SessionState, before: SessionState): void {
  if (before.me === null || now.me?.id === before.me.id) return;
  const wasLive = connection !== null;
  stopLive();
  resetPersonalStores();
  if (wasLive) startLive();
}

async function findSocketUrl(): Promise<string> {
  if (socketUrl === undefined) {
    const { ws_url } = await api.workspace();
    socketUrl = ws_url ?? `${location.origin.replace(/^http/, "ws")}/ws`;
  }
  return socketUrl;
}

/**
 * A browser does not tell a page why a socket was refused. If it was for want of a session, this 401 says so. Otherwise
 * something on the way lets no socket through; then at least what can be had without one is shown.
 */
async function askWhoThisIs(): Promise<void> {
  const signal = lifetime();
  try {
    await api.me();
    if (useConversations.getState().loaded) return;
    const conversations = await api.listConversations();
    if (signal.aborted || useConversations.getState().loaded) return;
    for (const conversation of conversations) takeConversation(conversation);
    useConversations.setState({ loaded: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status } = error;
    if (!signal.aborted) useConnection.setState((state) => noteRefusal(state, status));
  }
}
