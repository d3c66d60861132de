import type { CloseReason, Event } from "@confab/shared/events";
import type { Round } from "./flushes.ts";
import { encodeFrame, joinFrames, PING } from "./frames.ts";
import type { Hub } from "./hub.ts";

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
/** Looks in a row (core/looks) that may find that the network has taken nothing of what waits: half a minute. */
const STUCK_LOOKS_MAX = 3;
/** After 40 s of silence at the latest it is asked whether it is still there: proxies usually drop what is silent for 60 s. */
const PING_AFTER_LOOKS = 4;
/** Ten seconds later, without a word from it, it is taken for dead. */
const DEAD_AFTER_LOOKS = 5;

/** One open socket of one session. Frames are held back until `release`, so that a snapshot can go first. */
export class Connection {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  /** What the account was when this was opened (its role and name), to notice that it is not any more. */
  readonly account: string;
  readonly #wire: Wire;
  readonly #hub: Hub;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** With the snapshot on top until that has gone: it is sent to everybody, however long it is. */
  #allowedBytes = BACKLOG_LIMIT_BYTES;
  /** What the network had taken at the last look; null when nothing was left then. */
  #takenBytes: number | null = null;
  #stuckLooks = 0;
  #silentLooks = 0;
  #held = true;
  #closed = false;
  /** How this connection hears events, if not in our own words; null for an event it does not hear of. */
  translate: ((event: Event) => Buffer | null) | null = null;
  /** See core/flushes. */
  round: Round | null = null;
  isDue = false;

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
    const bytes = joinFrames(this.#waiting);
    // A new list for each write would be old by the next, and what it holds by then would grow old with it.
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (this.#wire.isOpen()) sink.write(bytes);
  }

  /** Whatever was heard of it shows that it lives. */
  noteHeard(): void {
    this.#silentLooks = 0;
  }

  /** To be called by core/looks. */
  look(): void {
    if (this.#wire.sink.writableLength > 0) this.#lookWhetherStuck();
    else {
      this.#takenBytes = null;
      // In a room that talks all the time something always waits for the next write.
      if (this.#waitingBytes < WRITE_BYTES) this.#allowedBytes = BACKLOG_LIMIT_BYTES;
    }
    this.#lookWhetherDead();
  }

  /**
   * Closes a connection of whose backlog the network takes nothing any more. What it takes of a backlog, somebody has received:
   * the network's own buffer was full.
   */
  #lookWhetherStuck(): void {
    const { sink } = this.#wire;
    const [before, takenBytes] = [this.#takenBytes, sink.bytesWritten - sink.writableLength];
    this.#takenBytes = takenBytes;
    this.#stuckLooks = takenBytes === before ? this.#stuckLooks + 1 : 0;
    if (before !== null && takenBytes !== before) this.noteHeard();
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
    this.#waiting.length = 0;
    this.#wire.close(reason);
  }
}
