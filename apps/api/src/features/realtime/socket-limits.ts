import type { Socket } from "node:net";
import { TooOften } from "../../core/errors.ts";
import { type Rate, scaleRate, TokenBucket, TokenBuckets } from "../../core/token-bucket.ts";
import type { Principal } from "../../plugins/session.ts";

/** Open at once. Everyone may come back at once after a restart, and for what happens after that, some more a minute. */
const PERSON = { burst: 20, perMinute: 20 };
/** An office behind one address. */
const NETWORK = { burst: 200, perMinute: 60 };
/** What one connection says, whatever it is: more than any client of ours does. */
const FRAMES = { burst: 600, perMinute: 600 };
/** After that long, connections that died without a word are no longer counted. */
const DEAD_AFTER_SECONDS = 60;

/** How many sockets one person, or one address, opens and has open on this node, and how much is said on one. */
export class SocketLimits {
  readonly #people: Limit;
  readonly #networks: Limit;
  readonly #frames: Rate;

  constructor(scale: number) {
    this.#people = new Limit(scaleRate(PERSON, scale));
    this.#networks = new Limit(scaleRate(NETWORK, scale));
    this.#frames = scaleRate(FRAMES, scale);
  }

  /** Counts a socket from before it is accepted until its connection ends. Throws too_many_requests. */
  admit({ user_id, network }: Principal, connection: Socket): void {
    this.#networks.admit(network);
    this.#people.admit(user_id);
    if (connection.destroyed) return;
    this.#networks.note(network);
    this.#people.note(user_id);
    // One listener for both: an array of three or more takes room for twenty.
    connection.on("close", () => {
      this.#networks.release(network);
      this.#people.release(user_id);
    });
  }

  framesOfOne(): TokenBucket {
    return new TokenBucket(this.#frames);
  }
}

class Limit {
  readonly #openMax: number;
  readonly #tries: TokenBuckets;
  readonly #open = new Map<string, number>();

  constructor(rate: Rate) {
    this.#openMax = rate.burst;
    this.#tries = new TokenBuckets(rate);
  }

  admit(key: string): void {
    const tries = this.#tries.of(key);
    if (!tries.take()) throw new TooOften(tries.allowance);
    const soon = { nextAfter: DEAD_AFTER_SECONDS, fullAfter: DEAD_AFTER_SECONDS };
    if ((this.#open.get(key) ?? 0) >= this.#openMax)
      throw new TooOften({ limit: this.#openMax, remaining: 0, ...soon });
  }

  note(key: string): void {
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
  }

  release(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1;
    if (left > 0) this.#open.set(key, left);
    else this.#open.delete(key);
  }
}
