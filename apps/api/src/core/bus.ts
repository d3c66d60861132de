import type { CloseReason, Event } from "@confab/shared/events";

/** Whom something is for, in few words: every node knows, or asks the database, which people those are. */
export type Address =
  | { readonly user_ids: readonly string[] }
  | { readonly conversation_id: string; readonly member_version: number; readonly except: readonly string[] }
  /** Everyone who shares a conversation with this person. */
  | { readonly around: string };

/** A conversation has moved: whoever has its members connected reads what is in between from the database. */
export interface Move {
  readonly conversation_id: string;
  readonly after_revision: number;
  readonly revision: number;
  readonly member_version: number;
}

/** Who is connected to the node that says so. `count` goes up with every change: whoever missed one notices and asks. */
export type PresenceMessage =
  | { readonly type: "came" | "went"; readonly user_id: string; readonly count: number }
  | { readonly type: "beat"; readonly count: number }
  | { readonly type: "present"; readonly user_ids: readonly string[]; readonly count: number }
  | { readonly type: "who" }
  | { readonly type: "gone" };

/** What one node tells the others. Nothing that is stored depends on it: a lost one makes something late, never wrong. */
export type BusMessage =
  | ({ readonly type: "moved" } & Move)
  | { readonly type: "events"; readonly to: Address; readonly events: readonly Event[]; readonly ephemeral: boolean }
  /** These people see the conversation as it is now: each node looks for its own. */
  | { readonly type: "shown"; readonly conversation_id: string; readonly to: Address }
  | { readonly type: "disconnect"; readonly whose: SocketsOf; readonly reason: CloseReason }
  /** The sender could not be heard for a while, and had something to say. */
  | { readonly type: "missed" }
  | PresenceMessage;

export type SocketsOf = { readonly sessionId: string } | { readonly userId: string };

export interface BusListener {
  onMessage(from: string, message: BusMessage): void;
  /** The connection was lost and is back: what the others said meanwhile was not heard. */
  onGap(): void;
}

/** How the nodes of one workspace talk. A node never hears itself. */
export interface Bus {
  readonly nodeId: string;
  /** The channel of PostgreSQL's NOTIFY on which the writing statement itself tells of moves; null: tell them after the commit. */
  readonly notifyChannel: string | null;
  readonly isConnected: boolean;
  /** Never throws and never waits; what cannot be sent is lost. */
  send(message: BusMessage): void;
  /** Connects, or goes on trying in the background. */
  start(listener: BusListener): Promise<void>;
  /** Sends what is waiting, and ends. */
  close(): Promise<void>;
}

/** For commands that run without a server. */
export const NO_BUS: Bus = {
  nodeId: "",
  notifyChannel: null,
  isConnected: false,
  send: () => undefined,
  start: async () => undefined,
  close: async () => undefined,
};

/** Whether the others are wrong without this message until they look at everything anew; the rest they find by themselves. */
export function isMissed(message: BusMessage): boolean {
  return message.type === "events" ? !message.ephemeral : message.type === "shown" || message.type === "disconnect";
}
