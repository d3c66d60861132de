import type { Deps } from "../../core/deps.ts";
import type { Connection } from "../../core/hub.ts";
import type { Audiences } from "../members/audiences.ts";

/** A reload or a short cut of the network is not an absence. */
const GRACE_MS = 3_000;

/**
 * Who is connected, told to those who share a conversation. Never stored: presence is what the hub knows, and only
 * the first connection of a person and the end of the last are worth a word.
 */
export class Presence {
  readonly #deps: Deps & { audiences: Audiences };
  readonly #leaving = new Map<string, NodeJS.Timeout>();

  constructor(deps: Deps & { audiences: Audiences }) {
    this.#deps = deps;
  }

  came(connection: Connection): void {
    // Told also to those who never heard of an absence: somebody else's snapshot may have been read during it.
    const wasOnline = this.#deps.hub.isOnline(connection.userId);
    clearTimeout(this.#leaving.get(connection.userId));
    this.#leaving.delete(connection.userId);
    this.#deps.hub.add(connection);
    if (!wasOnline) void this.#announce(connection.userId, true);
  }

  went(connection: Connection): void {
    const { userId } = connection;
    this.#deps.hub.remove(connection);
    if (this.#deps.hub.isOnline(userId) || this.#leaving.has(userId)) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(userId);
      if (!this.#deps.hub.isOnline(userId)) void this.#announce(userId, false);
    }, GRACE_MS);
    this.#leaving.set(userId, timer.unref());
  }

  stop(): void {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
  }

  async #announce(userId: string, online: boolean): Promise<void> {
    try {
      const audience = await this.#deps.audiences.around(userId);
      this.#deps.hub.publishEphemeral(audience, { type: "presence.changed", user_id: userId, online });
    } catch (error) {
      // The next snapshot tells the truth again.
      this.#deps.log.warn({ err: error }, "presence could not be announced");
    }
  }
}
