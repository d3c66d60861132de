import type { CloseReason, Event } from "@confab/shared/events";
import { Audience, addressOf } from "./audience.ts";
import { type Bus, NO_BUS, type SocketsOf } from "./bus.ts";
import { Elsewhere } from "./elsewhere.ts";
import { Flushes, type Round } from "./flushes.ts";
import { encodeFrame, PING } from "./frames.ts";
import { ToldRevisions } from "./told-revisions.ts";

/** The network socket below a WebSocket: frames are written to it ready-made. */
export interface FrameSink {
  write(bytes: Buffer): boolean;
  /** What the network has not taken yet … */
  readonly writableLength: number;
  /** … of everything that was ever written. */
  readonly bytesWritten: number;
}

/** What a connection needs of its WebSocket. */
export interface Wire {
  readonly sink: FrameSink;
  /** False as soon as either side has begun to close: no frame may follow the one that says so. */
  isOpen(): boolean;
  close(reason: CloseReason): void;
  /** Ends it without a word: there is nobody any more who would hear one. */
  terminate(): void;
}

/** With more than this unsent, a connection loses what nobody misses: typing and presence. */
const EPHEMERAL_LIMIT_BYTES = 256 * 1024;
/** More than this is never held back for a connection: it is closed, and its client reconnects and catches up. */
const BACKLOG_LIMIT_BYTES = 1024 * 1024;
/** Some eight messages, with which seven of eight writes are saved: to wait for more gains little. */
const WRITE_BYTES = 2 * 1024;
/** How often every connection is looked at; what follows is counted in such looks. */
export const LOOK_EVERY_MS = 2_000;
/** In a row, that may find that the network has taken nothing of what waits: half a minute. */
const STUCK_LOOKS_MAX = 15;
/** After 40 s of silence a connection is asked whether it is still there: proxies usually drop what is silent for 60 s. */
const PING_AFTER_LOOKS = 20;
/** Ten seconds later, without a word from it, it is taken for dead. */
const DEAD_AFTER_LOOKS = 25;

/** How fast the connections of a node that ends come back elsewhere: a hundred a second, or all of them in three. */
const RETURN_MS_EACH = 10;
const RETURN_SPREAD_MS_MAX = 3_000;

const NONE: readonly Connection[] = [];

/** One open socket of one session. Frames are held back until `release`, so that a snapshot can go first. */
export class Connection {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  /** What the account was when this was opened (its role and name), to notice that it is not any more. */
  readonly account: string;
  readonly #wire: Wire;
  readonly #hub: Hub;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** With the snapshot on top until that has gone: it is sent to everybody, however long it is. */
  #allowedBytes = BACKLOG_LIMIT_BYTES;
  #takenBytes = 0;
  #stuckLooks = 0;
  /** Begins anywhere, so that those who came at once, as after a restart, are not asked at once. */
  #silentLooks = Math.floor(Math.random() * PING_AFTER_LOOKS);
  #held = true;
  #closed = false;
  /** How this connection hears events, if not in our own words; null for an event it does not hear of. */
  translate: ((event: Event) => Buffer | null) | null = null;
  /** See core/flushes. */
  round: Round | null = null;

  constructor(hub: Hub, facts: { id: string; userId: string; sessionId: string; account: string }, wire: Wire) {
    this.id = facts.id;
    this.userId = facts.userId;
    this.sessionId = facts.sessionId;
    this.account = facts.account;
    this.#hub = hub;
    this.#wire = wire;
  }

  /** Nothing more is sent to it, and nothing it still says counts: its session may be over. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Sends one event to this connection alone, in order with everything published to it. */
  send(event: Event): void {
    const frame = this.translate ? this.translate(event) : encodeFrame(event);
    if (frame) this.push(frame);
  }

  /**
   * Queues a ready-made frame for this connection alone. It goes at the end of this turn of the event loop, with whatever
   * waits before it: nobody's answer is late because there is much to be heard, and one write more is not many.
   */
  push(frame: Buffer): void {
    this.#queue(frame);
    if (this.#isSendable) this.#hub.flushes.soon(this);
  }

  /** Queues events that others hear, too, until it has rested: frames made once for everybody, or its own translation. */
  hear(events: readonly Event[], frames: Buffer, ephemeral = false): void {
    const hadNothing = this.#waiting.length === 0;
    const own = this.translate ? events.map(this.translate).filter((frame) => frame !== null) : [frames];
    for (const frame of own) this.#queue(frame, ephemeral);
    if (!this.#isSendable) return;
    if (this.#waitingBytes >= WRITE_BYTES) this.#hub.flushes.soon(this);
    else if (hadNothing) this.#hub.flushes.afterRest(this);
  }

  #queue(frames: Buffer, ephemeral = false): void {
    if (this.#closed) return;
    const backlog = this.#wire.sink.writableLength + this.#waitingBytes;
    if (ephemeral && backlog > EPHEMERAL_LIMIT_BYTES) return;
    if (backlog + frames.length > this.#allowedBytes) return this.close("too_slow");
    this.#waiting.push(frames);
    this.#waitingBytes += frames.length;
  }

  get #isSendable(): boolean {
    return !this.#held && this.#waiting.length > 0;
  }

  /** Sends `first`, frames that belong to it, and then everything that was held back while they were made. */
  release(first: Event, frames: readonly Buffer[] = []): void {
    const snapshot = [encodeFrame(first), ...frames];
    const bytes = snapshot.reduce((sum, frame) => sum + frame.length, 0);
    this.#waiting.unshift(...snapshot);
    this.#waitingBytes += bytes;
    this.#allowedBytes += bytes;
    this.#held = false;
    this.#hub.flushes.soon(this);
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const { sink } = this.#wire;
    const frames = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (!this.#wire.isOpen()) return;
    sink.write(joined(frames));
  }

  /** Whatever was heard of it shows that it lives. */
  noteHeard(): void {
    this.#silentLooks = 0;
  }

  /** To be called every LOOK_EVERY_MS. */
  look(): void {
    if (this.#wire.sink.writableLength > 0) this.#lookWhetherStuck();
    else if (this.#waitingBytes === 0) this.#allowedBytes = BACKLOG_LIMIT_BYTES;
    this.#lookWhetherDead();
  }

  /** Closes a connection of whose backlog the network takes nothing any more. What it takes, somebody has received. */
  #lookWhetherStuck(): void {
    const { sink } = this.#wire;
    const takenBytes = sink.bytesWritten - sink.writableLength;
    const isStuck = takenBytes === this.#takenBytes;
    this.#takenBytes = takenBytes;
    this.#stuckLooks = isStuck ? this.#stuckLooks + 1 : 0;
    if (!isStuck) this.noteHeard();
    if (this.#stuckLooks >= STUCK_LOOKS_MAX) this.close("too_slow");
  }

  #lookWhetherDead(): void {
    this.#silentLooks += 1;
    if (this.#silentLooks === PING_AFTER_LOOKS) this.push(PING);
    if (this.#silentLooks >= DEAD_AFTER_LOOKS) this.#wire.terminate();
  }

  /** Sends what is waiting and when to come back, and closes. Who has no snapshot yet has nothing to come back to. */
  sendOff(afterMs: number): void {
    if (!this.#held) this.send({ type: "reconnect", after_ms: afterMs });
    if (!this.#held) this.flush();
    this.close("restarting");
  }

  close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#wire.close(reason);
  }
}

/**
 * Who is connected to this process: user id → connections, and by the bus the way to everybody else. Knows no feature.
 * An event is framed once, and written to a socket together with everything else this turn of the event loop had for it,
 * or its rest (core/flushes): under load the writes grow instead of multiplying, and when idle nothing waits.
 */
export class Hub {
  readonly #byUser = new Map<string, readonly Connection[]>();
  readonly bus: Bus;
  readonly elsewhere = new Elsewhere();
  readonly told = new ToldRevisions();
  readonly flushes = new Flushes();

  constructor(bus = NO_BUS) {
    this.bus = bus;
  }

  add(connection: Connection): void {
    this.#byUser.set(connection.userId, this.connectionsOf(connection.userId).concat(connection));
  }

  remove(connection: Connection): void {
    const left = this.connectionsOf(connection.userId).filter((each) => each !== connection);
    if (left.length > 0) this.#byUser.set(connection.userId, left);
    else this.#byUser.delete(connection.userId);
  }

  connectionsOf(userId: string): readonly Connection[] {
    return this.#byUser.get(userId) ?? NONE;
  }

  /** Connected to this node or another. */
  isOnline(userId: string): boolean {
    return this.isHere(userId) || this.elsewhere.has(userId);
  }

  isHere(userId: string): boolean {
    return this.#byUser.has(userId);
  }

  userIdsHere(): Iterable<string> {
    return this.#byUser.keys();
  }

  /** Whether any of these people is connected to this node, found by walking the smaller of the two sets. */
  hasAnyHere(userIds: ReadonlySet<string>): boolean {
    const [fewer, more] = userIds.size < this.#byUser.size ? [userIds, this.#byUser] : [this.#byUser, userIds];
    for (const userId of fewer.keys()) if (more.has(userId)) return true;
    return false;
  }

  *connections(): Iterable<Connection> {
    for (const connections of this.#byUser.values()) yield* connections;
  }

  /** Sends events to every connection of these people, on whatever node. */
  publish(userIds: Iterable<string>, ...events: Event[]): void {
    this.bus.send({ type: "events", to: addressOf(userIds), events, ephemeral: false });
    this.publishHere(userIds, events);
  }

  /** Like publish, for what may be dropped when a connection is slow: typing and presence. */
  publishEphemeral(userIds: Iterable<string>, event: Event): void {
    this.bus.send({ type: "events", to: addressOf(userIds), events: [event], ephemeral: true });
    this.publishHere(userIds, [event], true);
  }

  /** Sends events to the connections these people have to this node: framed once, joined into one buffer. */
  publishHere(userIds: Iterable<string>, events: readonly Event[], ephemeral = false): void {
    for (const event of events) this.told.note(event);
    const frames = joined(events.map(encodeFrame));
    for (const userId of this.#amongThoseHere(userIds))
      for (const connection of this.connectionsOf(userId)) connection.hear(events, frames, ephemeral);
  }

  /** At least those of them who are connected here: of a large audience few may be, and nobody walks through all of it. */
  #amongThoseHere(userIds: Iterable<string>): Iterable<string> {
    const isLarger = userIds instanceof Audience && userIds.userIds.size > this.#byUser.size;
    return isLarger ? [...this.#byUser.keys()].filter((userId) => userIds.has(userId)) : userIds;
  }

  /** Closes the sockets of one session, or all of one person, on whatever node. */
  disconnect(whose: SocketsOf, reason: CloseReason): void {
    this.bus.send({ type: "disconnect", whose, reason });
    this.disconnectHere(whose, reason);
  }

  /** The same for the sockets of this node. */
  disconnectHere(whose: SocketsOf, reason: CloseReason): void {
    const candidates = "userId" in whose ? this.connectionsOf(whose.userId) : this.connections();
    for (const connection of [...candidates])
      if ("userId" in whose || connection.sessionId === whose.sessionId) connection.close(reason);
  }

  /**
   * Closes every connection of this node, and tells it when to come back: spread out, so that the node that gets them, or
   * this one when it is up again, is not met by everybody at once.
   */
  sendEverybodyOff(): void {
    const connections = [...this.connections()];
    const spreadMs = Math.min(RETURN_SPREAD_MS_MAX, connections.length * RETURN_MS_EACH);
    for (const connection of connections) connection.sendOff(Math.round(Math.random() * spreadMs));
  }
}

/** One write of a copy costs less than one of many pieces. */
function joined(frames: readonly Buffer[]): Buffer {
  const [first] = frames;
  return first !== undefined && frames.length === 1 ? first : Buffer.concat(frames);
}
