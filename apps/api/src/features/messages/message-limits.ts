import { TooOften } from "../../core/errors.ts";
import { type Allowance, type Rate, scaleRate, type TokenBucket, TokenBuckets } from "../../core/token-bucket.ts";
import type { Principal } from "../../plugins/session.ts";

/** Two a second for as long as one likes, and what was written without a network can go out in one go. */
const PERSON = { burst: 60, perMinute: 120 };
const GUEST = { burst: 30, perMinute: 60 };
/** All people behind one address: an office. */
const NETWORK = { burst: 600, perMinute: 1_200 };

type Sender = Pick<Principal, "user_id" | "role" | "network">;

/** How many messages people send. Asked for each of them, so nothing here waits. */
export class MessageLimits {
  readonly #people: TokenBuckets;
  readonly #guests: TokenBuckets;
  readonly #networks: TokenBuckets;

  constructor(scale: number) {
    const buckets = (rate: Rate) => new TokenBuckets(scaleRate(rate, scale));
    this.#people = buckets(PERSON);
    this.#guests = buckets(GUEST);
    this.#networks = buckets(NETWORK);
  }

  /** Counts one message. Throws too_many_requests. */
  take(sender: Sender): void {
    for (const bucket of this.#bucketsOf(sender)) if (!bucket.take()) throw new TooOften(bucket.allowance);
  }

  /** What the sender may still send; the narrower of the limits. */
  allowanceOf(sender: Sender): Allowance {
    const [own, network] = this.#bucketsOf(sender);
    return own.allowance.remaining <= network.allowance.remaining ? own.allowance : network.allowance;
  }

  #bucketsOf({ user_id, role, network }: Sender): [own: TokenBucket, network: TokenBucket] {
    const own = role === "guest" ? this.#guests : this.#people;
    return [own.of(user_id), this.#networks.of(network)];
  }
}
