import type { CloseReason, Event } from "@confab/shared/events";
import { encodeFrame } from "./frames.ts";

/** The network socket below a WebSocket: frames are written to it ready-made. */
export interface FrameSink {
  write(bytes: Buffer): boolean;
  cork(): void;
  uncork(): void;
  readonly writableLength: number;
}

/** Above this much unsent, a connection loses what nobody misses: typing and presence. */
const EPHEMERAL_LIMIT_BYTES = 256 * 1024;
/** Above this much unsent, the connection is closed; its client reconnects and catches up. */
const BACKLOG_LIMIT_BYTES = 1024 * 1024;

const EMPTY = Buffer.alloc(0);

/** One open socket of one session. Frames are held back until `release`, so that a snapshot can go first. */
export class Connection {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  /** What the account was when this was opened (its role and name), to notice that it is not any more. */
  readonly account: string;
  readonly #sink: FrameSink;
  readonly #close: (reason: CloseReason) => void;
  readonly #hub: Hub;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #held = true;
  #closed = false;
  /** How this connection hears events, if not in our own words; null for an event it does not hear of. */
  translate: ((event: Event) => Buffer | null) | null = null;

  constructor(
    hub: Hub,
    facts: { id: string; userId: string; sessionId: string; account: string },
    sink: FrameSink,
    close: (reason: CloseReason) => void,
  ) {
    this.id = facts.id;
    this.userId = facts.userId;
    this.sessionId = facts.sessionId;
    this.account = facts.account;
    this.#hub = hub;
    this.#sink = sink;
    this.#close = close;
  }

  /** Nothing more is sent to it, and nothing it still says counts: its session may be over. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Sends one event to this connection alone, in order with everything published to it. */
  send(event: Event): void {
    this.hear([event], this.translate ? EMPTY : encodeFrame(event));
  }

  /** Queues events: the frames made of them once for everybody, or this connection's own translation. */
  hear(events: readonly Event[], frames: Buffer, ephemeral = false): void {
    const own = this.translate ? events.map(this.translate).filter((frame) => frame !== null) : [frames];
    for (const frame of own) this.push(frame, ephemeral);
  }

  /** Queues ready-made frames for the end of this turn of the event loop. */
  push(frames: Buffer, ephemeral = false): void {
    if (this.#closed) return;
    const backlog = this.#sink.writableLength + this.#waitingBytes;
    if (ephemeral && backlog > EPHEMERAL_LIMIT_BYTES) return;
    if (backlog > BACKLOG_LIMIT_BYTES) return this.close("too_slow");
    this.#waiting.push(frames);
    this.#waitingBytes += frames.length;
    if (!this.#held && this.#waiting.length === 1) this.#hub.flushLater(this);
  }

  /** Sends `first` and then everything that was held back while it was made. */
  release(first: Event): void {
    const frame = encodeFrame(first);
    this.#waiting.unshift(frame);
    this.#waitingBytes += frame.length;
    this.#held = false;
    this.#hub.flushLater(this);
  }

  flush(): void {
    if (this.#closed) return;
    const frames = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#sink.cork();
    for (const frame of frames) this.#sink.write(frame);
    this.#sink.uncork();
  }

  close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#close(reason);
  }
}

/**
 * Who is connected to this process: user id → connections. Knows no feature. An event is framed once and written
 * once per socket and turn of the event loop, together with everything else that turn had for the socket: under
 * load the writes grow instead of multiplying, and when idle nothing waits.
 */
export class Hub {
  readonly #byUser = new Map<string, Set<Connection>>();
  #toFlush: Connection[] = [];

  add(connection: Connection): void {
    const connections = this.#byUser.get(connection.userId) ?? new Set();
    connections.add(connection);
    this.#byUser.set(connection.userId, connections);
  }

  remove(connection: Connection): void {
    const connections = this.#byUser.get(connection.userId);
    if (connections?.delete(connection) && connections.size === 0) this.#byUser.delete(connection.userId);
  }

  isOnline(userId: string): boolean {
    return this.#byUser.has(userId);
  }

  onlineUserIds(): Iterable<string> {
    return this.#byUser.keys();
  }

  *connections(): Iterable<Connection> {
    for (const connections of this.#byUser.values()) yield* connections;
  }

  /** Sends events to every connection of these people: framed once, joined into one buffer. */
  publish(userIds: Iterable<string>, ...events: Event[]): void {
    this.#publish(userIds, events, false);
  }

  /** Like publish, for what may be dropped when a connection is slow: typing and presence. */
  publishEphemeral(userIds: Iterable<string>, event: Event): void {
    this.#publish(userIds, [event], true);
  }

  #publish(userIds: Iterable<string>, events: Event[], ephemeral: boolean): void {
    const frames = Buffer.concat(events.map(encodeFrame));
    for (const userId of userIds) {
      const connections = this.#byUser.get(userId);
      if (connections) for (const connection of connections) connection.hear(events, frames, ephemeral);
    }
  }

  /** Closes the sockets of one session, or all of one person. */
  disconnect(whose: { sessionId: string } | { userId: string }, reason: CloseReason): void {
    const candidates = "userId" in whose ? (this.#byUser.get(whose.userId) ?? []) : this.connections();
    for (const connection of [...candidates])
      if ("userId" in whose || connection.sessionId === whose.sessionId) connection.close(reason);
  }

  disconnectAll(reason: CloseReason): void {
    for (const connection of [...this.connections()]) connection.close(reason);
  }

  flushLater(connection: Connection): void {
    if (this.#toFlush.length === 0) setImmediate(() => this.#flush());
    this.#toFlush.push(connection);
  }

  #flush(): void {
    const connections = this.#toFlush;
    this.#toFlush = [];
    for (const connection of connections) connection.flush();
  }
}
