import type { PresenceMessage } from "../../core/bus.ts";
import type { Deps } from "../../core/deps.ts";
import type { Connection } from "../../core/hub.ts";
import type { Audiences } from "../members/audiences.ts";

/** A reload or a short cut of the network is not an absence. */
const GRACE_MS = 3_000;
/** How often each node says that it lives … */
const BEAT_MS = 2_000;
/** … and after how long a silence its people are taken for gone. */
const SILENCE_MS = 7_000;

/**
 * Who is connected, told to those who share a conversation. Never stored: presence is what the hubs of all nodes know, and
 * only the first connection of a person and the end of the last are worth a word. Each node says who comes to it and who
 * goes; `count` numbers that, so that whoever missed something asks for all of it. Each tells its own clients.
 */
export class Presence {
  readonly #deps: Deps & { audiences: Audiences };
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  /** Whom the others believe here: the connected, and those in their grace. */
  readonly #here = new Set<string>();
  readonly #beat: NodeJS.Timeout;
  readonly #departures = new Set<NodeJS.Timeout>();
  #count = 0;

  constructor(deps: Deps & { audiences: Audiences }) {
    this.#deps = deps;
    this.#beat = setInterval(() => this.#beatOnce(), BEAT_MS);
  }

  came(connection: Connection): void {
    const { hub } = this.#deps;
    const { userId } = connection;
    // Told also to those who never heard of an absence: somebody else's snapshot may have been read during it.
    const wasOnline = hub.isOnline(userId);
    clearTimeout(this.#leaving.get(userId));
    this.#leaving.delete(userId);
    hub.add(connection);
    if (!this.#here.has(userId)) {
      this.#here.add(userId);
      this.#tellOthers("came", userId);
    }
    if (!wasOnline) void this.#announce(userId, true);
  }

  went(connection: Connection): void {
    const { hub } = this.#deps;
    const { userId } = connection;
    hub.remove(connection);
    if (hub.isHere(userId) || this.#leaving.has(userId)) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(userId);
      if (hub.isHere(userId)) return;
      this.#here.delete(userId);
      this.#tellOthers("went", userId);
      this.#announceGone([userId]);
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
    clearInterval(this.#beat);
    for (const timer of [...this.#leaving.values(), ...this.#departures]) clearTimeout(timer);
    this.#leaving.clear();
    this.#deps.hub.bus.send({ type: "gone" });
  }

  #tellOthers(type: "came" | "went", user_id: string): void {
    this.#count += 1;
    this.#deps.hub.bus.send({ type, user_id, count: this.#count });
  }

  #sayAll(): void {
    this.#deps.hub.bus.send({ type: "present", user_ids: [...this.#here], count: this.#count });
  }

  #beatOnce(): void {
    const { bus, elsewhere } = this.#deps.hub;
    bus.send({ type: "beat", count: this.#count });
    if (!bus.isConnected) return elsewhere.excuseSilence();
    for (const nodeId of elsewhere.silentFor(SILENCE_MS)) this.#announceGone(elsewhere.remove(nodeId));
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
    const wasOnline = hub.isOnline(message.user_id);
    node.count = message.count;
    if (message.type === "came") node.userIds.add(message.user_id);
    else node.userIds.delete(message.user_id);
    if (message.type === "went") this.#announceGone([message.user_id]);
    else if (!wasOnline) void this.#announce(message.user_id, true);
  }

  #takeAll(from: string, userIds: readonly string[], count: number): void {
    const { hub } = this.#deps;
    const newcomers = userIds.filter((id) => !hub.isOnline(id));
    const before = hub.elsewhere.replace(from, userIds, count);
    for (const userId of newcomers) void this.#announce(userId, true);
    this.#announceGone(before);
  }

  /** A node that ends in order says so, and its people come back by another one within the grace. */
  #depart(from: string): void {
    const userIds = this.#deps.hub.elsewhere.remove(from);
    const timer = setTimeout(() => {
      this.#departures.delete(timer);
      this.#announceGone(userIds);
    }, GRACE_MS);
    this.#departures.add(timer.unref());
  }

  #announceGone(userIds: Iterable<string>): void {
    for (const userId of userIds) if (!this.#deps.hub.isOnline(userId)) void this.#announce(userId, false);
  }

  async #announce(userId: string, online: boolean): Promise<void> {
    const { hub, audiences, log } = this.#deps;
    try {
      hub.publishHere(await audiences.around(userId), [{ type: "presence.changed", user_id: userId, online }], true);
    } catch (error) {
      // The next snapshot tells the truth again.
      log.warn({ err: error }, "presence could not be announced");
    }
  }
}
