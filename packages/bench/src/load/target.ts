/** A running server as the load sees it. */
export interface Target {
  readonly port: number;
  readonly serverPid: number;
  /** The first process of its PostgreSQL; null for a server without one. */
  readonly postmasterPid: number | null;
  /** Another node on the same database: every other client connects to it. */
  readonly secondNode?: { readonly port: number; readonly serverPid: number };
}

export function portsOf({ port, secondNode }: Target): readonly number[] {
  return secondNode ? [port, secondNode.port] : [port];
}

/** Somebody who may connect: where to, and with which cookie. */
export interface Member {
  readonly path: string;
  readonly cookie: string;
}

export interface LoadedConversation {
  readonly id: string;
  readonly members: readonly Member[];
}
