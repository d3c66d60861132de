import { create } from "zustand";

export interface ConnectionState {
  /**
   * connecting: no snapshot yet · live: snapshot taken, events follow · waiting: the next try is at `retry_at` ·
   * offline: the browser says there is no network · stopped: nobody is signed in.
   */
  state: "connecting" | "live" | "waiting" | "offline" | "stopped";
  url: string;
  rtt_ms: number | null;
  /** Failed tries since the connection was last stable. */
  attempt: number;
  retry_at: number | null;
  /** When `state` became what it is. */
  since: number;
  /** Frames of a type or shape this page does not know; a newer server may send them. */
  unknown_frames: number;
  /** The server is there and cannot do its work: it answers with 5xx. Until a message or a snapshot shows otherwise. */
  has_trouble: boolean;
  /** The last complaint of the server that belonged to no message. */
  last_error: string | null;
}

export const useConnection = create<ConnectionState>(() => ({
  state: "stopped",
  url: "",
  rtt_ms: null,
  attempt: 0,
  retry_at: null,
  since: 0,
  unknown_frames: 0,
  has_trouble: false,
  last_error: null,
}));

export function enterState(
  state: ConnectionState,
  next: ConnectionState["state"],
  facts: Partial<Pick<ConnectionState, "attempt" | "retry_at" | "url">> = {},
): ConnectionState {
  return {
    ...state,
    retry_at: null,
    ...facts,
    state: next,
    rtt_ms: next === "live" ? state.rtt_ms : null,
    since: state.state === next ? state.since : Date.now(),
    has_trouble: state.has_trouble && next !== "live" && next !== "stopped",
  };
}

/** What a refusal says about the server itself: below 500 the fault is on this side. */
export function noteRefusal(state: ConnectionState, status: number): ConnectionState {
  return status >= 500 && !state.has_trouble ? { ...state, has_trouble: true } : state;
}

/** Something was stored: the server works. */
export function noteStored(state: ConnectionState): ConnectionState {
  return state.has_trouble ? { ...state, has_trouble: false } : state;
}
