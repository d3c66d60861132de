/**
 * What a history is made of: one JSON object a line, one file for each process. `at` is in milliseconds of the machine's
 * monotonic clock, which all processes share. A `client` holds one window on each conversation of one `person`.
 */
interface Noted {
  readonly at: number;
  readonly client: string;
  readonly person: string;
}

/** A send begins with `invoke`, once for each try; the same id is tried until it is `ok` or `fail`. */
export type Send = Noted & { readonly op: "send"; readonly conversation: string; readonly id: string } & (
    | {
        readonly phase: "invoke";
        readonly content: string;
        readonly by: "socket" | "http";
        readonly connection: number;
      }
    /** Acknowledged: on disk, at this place. */
    | { readonly phase: "ok"; readonly seq: number }
    /** Definitely refused: nothing was stored. */
    | { readonly phase: "fail"; readonly content: string; readonly code: string }
    /** No answer, or one that says to come again: nobody knows what became of it. */
    | { readonly phase: "unknown"; readonly code: string }
  );

/** A message was put on the screen for the first time in this window. */
export type Show = Noted & {
  readonly op: "show";
  readonly conversation: string;
  readonly id: string;
  readonly seq: number;
  readonly sender: string;
  readonly content: string;
  readonly by: "live" | "changes" | "page";
};

/** The socket: a try to open it, what its snapshot said of one conversation, its end. */
export type Connect = Noted & { readonly op: "connect"; readonly connection: number };
export type Ready = Noted & {
  readonly op: "ready";
  readonly connection: number;
  readonly conversation: string;
  readonly seq: number;
};
export type Lost = Noted & { readonly op: "lost"; readonly connection: number; readonly code: number };

/** A window begins, or begins anew because too much was missed: the next message shown is `from`. */
export type Window = Noted & { readonly op: "window"; readonly conversation: string; readonly from: number };
/** The client believes that its window holds everything up to `seq`. */
export type Synced = Noted & { readonly op: "synced"; readonly conversation: string; readonly seq: number };
/** On one connection a revision never came that lies before one that did. */
export type Hole = Noted & {
  readonly op: "hole";
  readonly conversation: string;
  readonly connection: number;
  readonly revision: number;
};
/** The client was told that it is no longer in the conversation. */
export type Left = Noted & { readonly op: "left"; readonly conversation: string };
/** The last word of a client about a conversation, after the faults are over. */
export type Converged = Noted & {
  readonly op: "converged";
  readonly conversation: string;
  readonly seq: number;
  readonly unread: number;
};

/** Snapshot and events since have led to something else than what a fresh snapshot says. */
export type Drift = Noted & { readonly op: "drift"; readonly conversation: string; readonly what: string };

/** By the supervisor: a fault begins. */
export type Fault = Noted & { readonly op: "fault"; readonly name: string };
/** By the supervisor: `person` has lost a right (in one conversation, or everywhere) and this was committed before `at`. */
export type Revoked = Noted & {
  readonly op: "revoked";
  readonly conversation: string | null;
  readonly budget_ms: number;
};

export type HistoryRecord =
  | Send
  | Show
  | Connect
  | Ready
  | Lost
  | Window
  | Synced
  | Hole
  | Left
  | Converged
  | Drift
  | Fault
  | Revoked;

/** What the database holds in the end, of the conversations a run has used. */
export interface Dump {
  readonly conversations: readonly { readonly id: string; readonly last_seq: number; readonly revision: number }[];
  readonly messages: readonly StoredMessage[];
  readonly members: readonly {
    readonly conversation: string;
    readonly person: string;
    readonly read_seq: number;
    readonly uncounted: number;
  }[];
}

export interface StoredMessage {
  readonly conversation: string;
  readonly id: string;
  readonly seq: number;
  readonly revision: number;
  readonly sender: string;
  readonly content: string;
}
