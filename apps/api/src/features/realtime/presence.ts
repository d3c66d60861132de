import type { EventOf } from "@confab/shared/events";
import type { Audience } from "../../core/audience.ts";
import type { PresenceMessage } from "../../core/bus.ts";
import type { Connection } from "../../core/connection.ts";
import { ask, fromList, sql, toList } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { encodeFrame } from "../../core/frames.ts";
import type { Audiences } from "../members/audiences.ts";

/** A reload or a short cut of the network is not an absence. */
const GRACE_MS = 3_000;
/** Who came and who went is gathered for so long: when everybody comes at once, each is told of all, not of each. */
const GATHER_MS = 250;
/** How often each node says that it lives … */
const BEAT_MS = 2_000;
/** … one that has never heard of another only every fifth time: nobody listens, but the bus shows that it lives … */
const BEATS_ALONE = 5;
/** … and after how long a silence its people are taken for gone. */
const SILENCE_MS = 7_000;

/** Some of those who came or went, and who hears of them: the members of a conversation that they are in. */
interface Place {
  conversation_id: string;
  user_ids: string;
}

/**
 * Who is connected, told to those who share a conversation. Never stored: presence is what the hubs of all nodes know, and
 * only the first connection of a person and the end of the last are worth a word. Each node says who comes to it and who
 * goes; `count` numbers that, so that whoever missed something asks for all of it. Each tells its own clients: what they
 * were told last is compared with what is so, a few times a second while people come and go.
 */
export class Presence {
  readonly #deps: Deps & { audiences: Audiences };
  /** Those in their grace, whom the others believe here, like all who are connected. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #beat: NodeJS.Timeout;
  #beats = 0;
  readonly #departures = new Set<NodeJS.Timeout>();
  #count = 0;
  /** Whom our clients believe online, and … */
  readonly #told = new Set<string>();
  /** … of whom that may not be so any more. */
  readonly #changed = new Set<string>();
  /** From the first of them until they have been told. */
  #gathering: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** Who of an audience our clients believe online, framed once for everybody who connects until that changes. */
  #frames = new WeakMap<Audience, Buffer>();

  constructor(deps: Deps & { audiences: Audiences }) {
    this.#deps = deps;
    this.#beat = setInterval(() => this.#beatOnce(), BEAT_MS);
  }

  /**
   * Frames that say who of these audiences is online, for a snapshot; what has changed since then is told later. Most of
   * them are in the largest, which many have in common.
   */
  framesFor(audiences: readonly Audience[]): Buffer[] {
    const [largest, ...others] = audiences.toSorted((one, other) => other.userIds.size - one.userIds.size);
    if (!largest) return [];
    const elsewhere = new Set<string>();
    for (const audience of others)
      for (const userId of this.#onlineOf(audience)) if (!largest.has(userId)) elsewhere.add(userId);
    const frame = this.#frames.get(largest) ?? encodeFrame(changeOf(this.#onlineOf(largest), []));
    this.#frames.set(largest, frame);
    return elsewhere.size === 0 ? [frame] : [frame, encodeFrame(changeOf([...elsewhere], []))];
  }

  came(connection: Connection): void {
    const { hub } = this.#deps;
    const { userId } = connection;
    const wasHere = hub.isHere(userId) || this.#leaving.has(userId);
    clearTimeout(this.#leaving.get(userId));
    this.#leaving.delete(userId);
    hub.add(connection);
    if (wasHere) return;
    this.#tellOthers("came", userId);
    this.#note([userId]);
  }

  went(connection: Connection): void {
    const { hub } = this.#deps;
    const { userId } = connection;
    hub.remove(connection);
    if (hub.isHere(userId) || this.#leaving.has(userId)) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(userId);
      this.#tellOthers("went", userId);
      this.#note([userId]);
    }, GRACE_MS);
    this.#leaving.set(userId, timer.unref());
  }

  /** Asks the other nodes who is there, and says who is here: at the start, and when this node could not hear. */
  introduce(): void {
    const { hub } = this.#deps;
    hub.elsewhere.excuseSilence();
    hub.bus.send({ type: "who" });
    this.#sayAll();
  }

  /** What another node says of the people connected to it. */
  heed(from: string, message: PresenceMessage): void {
    switch (message.type) {
      case "who":
        return this.#sayAll();
      case "gone":
        return this.#depart(from);
      case "present":
        return this.#takeAll(from, message.user_ids, message.count);
      case "beat":
        return this.#heedCount(from, message.count);
      case "came":
      case "went":
        return this.#takeOne(from, message);
      default:
        message satisfies never;
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#beat);
    for (const timer of [...this.#leaving.values(), ...this.#departures]) clearTimeout(timer);
    this.#leaving.clear();
    clearTimeout(this.#gathering ?? undefined);
    this.#deps.hub.bus.send({ type: "gone" });
  }

  /** A node that is not heard of yet asks who is here, and sees by the count when it has missed somebody. */
  #tellOthers(type: "came" | "went", user_id: string): void {
    const { bus, elsewhere } = this.#deps.hub;
    this.#count += 1;
    if (elsewhere.nodeCount > 0) bus.send({ type, user_id, count: this.#count });
  }

  #sayAll(): void {
    this.#deps.hub.bus.send({
      type: "present",
      user_ids: [...this.#deps.hub.userIdsHere(), ...this.#leaving.keys()],
      count: this.#count,
    });
  }

  #beatOnce(): void {
    const { bus, elsewhere } = this.#deps.hub;
    this.#beats += 1;
    if (elsewhere.hasEverBeen || this.#beats % BEATS_ALONE === 0) bus.send({ type: "beat", count: this.#count });
    if (!bus.isConnected) return elsewhere.excuseSilence();
    for (const nodeId of elsewhere.silentFor(SILENCE_MS)) this.#note(elsewhere.remove(nodeId));
  }

  #heedCount(from: string, count: number): void {
    const node = this.#deps.hub.elsewhere.find(from);
    if (node?.count !== count) this.#deps.hub.bus.send({ type: "who" });
    if (node) node.heardAt = performance.now();
  }

  #takeOne(from: string, message: { type: "came" | "went"; user_id: string; count: number }): void {
    const { hub } = this.#deps;
    const node = hub.elsewhere.find(from);
    if (node?.count !== message.count - 1) return hub.bus.send({ type: "who" });
    node.count = message.count;
    if (message.type === "came") node.userIds.add(message.user_id);
    else node.userIds.delete(message.user_id);
    this.#note([message.user_id]);
  }

  #takeAll(from: string, userIds: readonly string[], count: number): void {
    this.#note(this.#deps.hub.elsewhere.replace(from, userIds, count));
    this.#note(userIds);
  }

  /** A node that ends in order says so, and its people come back by another one within the grace. */
  #depart(from: string): void {
    const userIds = this.#deps.hub.elsewhere.remove(from);
    const timer = setTimeout(() => {
      this.#departures.delete(timer);
      this.#note(userIds);
    }, GRACE_MS);
    this.#departures.add(timer.unref());
  }

  #isOnline(userId: string): boolean {
    return this.#deps.hub.isOnline(userId) || this.#leaving.has(userId);
  }

  /** Whom our clients believe online of an audience, found by walking the smaller of the two sets. */
  #onlineOf({ userIds }: Audience): string[] {
    const [fewer, more] = userIds.size < this.#told.size ? [userIds, this.#told] : [this.#told, userIds];
    return [...fewer].filter((id) => more.has(id));
  }

  #note(userIds: Iterable<string>): void {
    for (const userId of userIds) if (this.#told.has(userId) !== this.#isOnline(userId)) this.#changed.add(userId);
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#changed.size === 0 || this.#isStopped) return;
    this.#gathering ??= setTimeout(() => void this.#tell(), GATHER_MS);
  }

  async #tell(): Promise<void> {
    const changed = [...this.#changed].filter((id) => this.#told.has(id) !== this.#isOnline(id));
    this.#changed.clear();
    try {
      if (changed.length === 0) return;
      const places = await ask<Place>(
        this.#deps.db,
        sql`
        SELECT conversation_id, array_agg(user_id)::text AS user_ids FROM conversation_members
         WHERE user_id = ANY(${toList(changed)}::uuid[]) GROUP BY conversation_id`,
      );
      const audiences = await Promise.all(places.map((place) => this.#deps.audiences.roughly(place.conversation_id)));
      for (const userId of changed) this.#told[this.#isOnline(userId) ? "add" : "delete"](userId);
      this.#frames = new WeakMap();
      this.#publish(places, audiences);
    } catch (error) {
      this.#deps.log.warn({ err: error }, "presence could not be announced");
      for (const userId of changed) this.#changed.add(userId);
    } finally {
      this.#gathering = null;
      this.#tellSoon();
    }
  }

  /** Tells each of whom they share a place with; most people share the same ones, and hear the same frame. */
  #publish(places: readonly Place[], audiences: readonly Audience[]): void {
    const { hub } = this.#deps;
    const placesOf = new Map<string, number[]>();
    for (const [place, audience] of audiences.entries())
      for (const userId of audience) {
        if (!hub.isHere(userId)) continue;
        const shared = placesOf.get(userId);
        if (shared) shared.push(place);
        else placesOf.set(userId, [place]);
      }
    for (const hearers of Map.groupBy(placesOf, ([, shared]) => shared.join()).values()) {
      const [, shared = []] = hearers[0] ?? [];
      const ids = new Set(shared.flatMap((place) => fromList(places[place]?.user_ids ?? "{}")));
      const online = [...ids].filter((id) => this.#told.has(id));
      const offline = [...ids].filter((id) => !this.#told.has(id));
      hub.publishHere(
        hearers.map(([userId]) => userId),
        [changeOf(online, offline)],
        true,
      );
    }
  }
}

function changeOf(online: string[], offline: string[]): EventOf<"presence.changed"> {
  return { type: "presence.changed", online, offline };
}
