import type { Command } from "@confab/shared/commands";
import { CLOSE_CODES, type Event, eventSchema } from "@confab/shared/events";
import { HEARTBEAT_MS } from "@confab/shared/limits";
import { type ConnectionState, enterState, useConnection } from "../stores/connection.store.ts";
import { watchWaking } from "./watch-waking.ts";

/** How long a pong may take before the connection counts as dead; a snapshot is larger and may take longer. */
const PONG_MAX_MS = 10_000;
/** The same after a sleep, which few connections survive. */
const WAKING_PONG_MAX_MS = 4_000;
const READY_MAX_MS = 20_000;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 30_000;
/** A connection that lives shorter than this does not reset the back-off: the server may be accepting and dying. */
const STABLE_MS = 10_000;

export interface ConnectionHandlers {
  url(): Promise<string>;
  /** In the order of the wire; `ready` is always the first of a connection. */
  onEvent(event: Event): void;
  onLost(): void;
  /** Nothing was heard where something had to be; the end of the connection follows. */
  onSilence(): void;
  /** The connection ended before it became live: nobody said why. */
  onRefused(): void;
  onSessionEnded(): void;
}

type Timer = ReturnType<typeof setTimeout>;

let active: Connection | null = null;

/** Says something on the socket; false when it is not live, and then nothing was said. */
export function sendCommand(command: Command): boolean {
  return active?.send(command) ?? false;
}

/**
 * One socket at a time, kept alive or replaced. Knows states and frames, nothing of what they mean.
 *
 *   connecting ──ready──► live ──lost──► waiting ──back-off──► connecting      any ──4401, stop──► stopped
 *                         live ──4403──► connecting, at once: to be told who one is now
 *                         live ──1012──► waiting, as long as the server said before it ended
 *
 * `offline` is `waiting` while the browser sees no network. It goes on trying: a server on this very machine is
 * reachable without one.
 */
export class Connection {
  readonly #handlers: ConnectionHandlers;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #liveAt = 0;
  #retryTimer: Timer | undefined;
  #heartbeatTimer: Timer | undefined;
  #silenceTimer: Timer | undefined;
  #ping: { n: number; at: number } | null = null;
  #pings = 0;
  #stopWatching: () => void = () => undefined;
  /** When the server wants this connection back that it is about to close. */
  #returnAfterMs: number | null = null;
  /** Grows with each connect, so that a slow `url()` of an abandoned try is recognised. */
  #tries = 0;

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
  }

  start(): void {
    active = this;
    window.addEventListener("online", this.#handleOnline);
    window.addEventListener("offline", this.#handleOffline);
    document.addEventListener("visibilitychange", this.#handleVisibility);
    this.#stopWatching = watchWaking(() => this.#wake());
    void this.#connect();
  }

  stop(): void {
    if (active === this) active = null;
    window.removeEventListener("online", this.#handleOnline);
    window.removeEventListener("offline", this.#handleOffline);
    document.removeEventListener("visibilitychange", this.#handleVisibility);
    this.#stopWatching();
    this.#abandon();
    enter("stopped", { attempt: 0 });
  }

  send(command: Command): boolean {
    if (useConnection.getState().state !== "live" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  /** Tries at once instead of waiting; a live connection is asked for a sign of life. */
  retryNow(): void {
    const { state } = useConnection.getState();
    if (state === "live") this.#sendPing();
    else if (this.#retryTimer !== undefined) void this.#connect();
  }

  /** What was under way before the sleep is over, and nobody waits for what is left of a back-off. */
  #wake(): void {
    if (useConnection.getState().state === "live") this.#sendPing(WAKING_PONG_MAX_MS);
    else void this.#connect();
  }

  readonly #handleOnline = (): void => {
    if (useConnection.getState().state === "offline" && this.#retryTimer === undefined) enter("connecting");
    this.retryNow();
  };

  readonly #handleVisibility = (): void => {
    if (document.visibilityState === "visible") this.retryNow();
  };

  readonly #handleOffline = (): void => {
    if (this.#socket !== null) this.#lose();
    else if (this.#retryTimer !== undefined) enter("offline", { retry_at: useConnection.getState().retry_at });
  };

  async #connect(): Promise<void> {
    this.#abandon();
    const tries = ++this.#tries;
    enter(navigator.onLine ? "connecting" : "offline");
    this.#expectWord(READY_MAX_MS);
    try {
      const url = await this.#handlers.url();
      if (tries !== this.#tries) return;
      enter(navigator.onLine ? "connecting" : "offline", { url });
      this.#listen(new WebSocket(url));
    } catch {
      // The address could not be learnt, or is none: the same as a server that does not answer.
      if (tries === this.#tries) this.#lose();
    }
  }

  /** Frames and the end of a superseded socket still arrive; only the present one is listened to. */
  #listen(socket: WebSocket): void {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#handleFrame(data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket !== this.#socket) return;
      if (code === CLOSE_CODES.session_ended) {
        this.stop();
        this.#handlers.onSessionEnded();
      } else if (code === CLOSE_CODES.account_changed) {
        this.#handlers.onLost();
        void this.#connect();
      } else this.#lose();
    });
  }

  #handleFrame(data: unknown): void {
    const event = parseFrame(data);
    if (event === null) {
      useConnection.setState((state) => ({ unknown_frames: state.unknown_frames + 1 }));
      return;
    }
    if (event.type === "pong") this.#handlePong(event.n);
    if (event.type === "reconnect") this.#returnAfterMs = event.after_ms;
    if (event.type === "ready") {
      this.#liveAt = Date.now();
      clearTimeout(this.#silenceTimer);
      enter("live", { attempt: 0 });
      this.#sendPing();
    }
    this.#handlers.onEvent(event);
  }

  #sendPing(patienceMs = PONG_MAX_MS): void {
    clearTimeout(this.#heartbeatTimer);
    this.#heartbeatTimer = setTimeout(() => this.#sendPing(), HEARTBEAT_MS);
    if (this.#ping !== null) return;
    this.#ping = { n: ++this.#pings, at: performance.now() };
    if (this.send({ type: "ping", n: this.#ping.n })) this.#expectWord(patienceMs);
    else this.#lose();
  }

  #handlePong(n: number): void {
    if (this.#ping?.n !== n) return;
    clearTimeout(this.#silenceTimer);
    useConnection.setState({ rtt_ms: Math.round(performance.now() - this.#ping.at) });
    this.#ping = null;
  }

  #expectWord(withinMs: number): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      this.#handlers.onSilence();
      this.#lose();
    }, withinMs);
  }

  /** Lets go of the present socket and arranges the next try. Full jitter, so that a restart is not met by everyone at once. */
  #lose(): void {
    const wasLive = this.#liveAt > 0;
    if (wasLive && Date.now() - this.#liveAt >= STABLE_MS) this.#attempt = 0;
    const asked = this.#returnAfterMs;
    this.#abandon();
    this.#attempt += 1;
    const delay = asked ?? Math.random() * Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** (this.#attempt - 1));
    this.#retryTimer = setTimeout(() => void this.#connect(), delay);
    enter(navigator.onLine ? "waiting" : "offline", { attempt: this.#attempt, retry_at: Date.now() + delay });
    if (wasLive) this.#handlers.onLost();
    else this.#handlers.onRefused();
  }

  #abandon(): void {
    for (const timer of [this.#retryTimer, this.#heartbeatTimer, this.#silenceTimer]) clearTimeout(timer);
    this.#retryTimer = undefined;
    this.#ping = null;
    this.#returnAfterMs = null;
    this.#liveAt = 0;
    this.#tries += 1;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

function enter(next: ConnectionState["state"], facts?: Parameters<typeof enterState>[2]): void {
  useConnection.setState((state) => enterState(state, next, facts));
}

function parseFrame(data: unknown): Event | null {
  try {
    return eventSchema.safeParse(JSON.parse(String(data))).data ?? null;
  } catch {
    return null;
  }
}
