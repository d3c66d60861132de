import type { CloseReason, Event } from "@confab/shared/events";
import { Audience, addressOf } from "./audience.ts";
import { type Bus, NO_BUS, type SocketsOf } from "./bus.ts";
import type { Connection } from "./connection.ts";
import { Elsewhere } from "./elsewhere.ts";
import { Flushes } from "./flushes.ts";
import { encodeFrame, joinFrames } from "./frames.ts";
import { Looks } from "./looks.ts";
import { ToldRevisions } from "./told-revisions.ts";

/** How fast the connections of a node that ends come back elsewhere: a hundred a second, or all of them in three. */
const RETURN_MS_EACH = 10;
const RETURN_SPREAD_MS_MAX = 3_000;

const NONE: readonly Connection[] = [];

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
  readonly looks = new Looks();

  constructor(bus = NO_BUS) {
    this.bus = bus;
  }

  add(connection: Connection): void {
    this.#byUser.set(connection.userId, this.connectionsOf(connection.userId).concat(connection));
    this.looks.add(connection);
  }

  remove(connection: Connection): void {
    this.looks.remove(connection);
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
    const frames = joinFrames(events.map(encodeFrame));
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
