import type { FastifyRateLimitOptions, FastifyRateLimitStoreCtor } from "@fastify/rate-limit";
import { ask, type Db, sql } from "../core/db.ts";

type Count = { current: number; ttl: number };

/** Keys (an address, a person) remembered as refused; past that number they are asked for again. */
const REFUSED_MAX = 10_000;

/**
 * Counts tries in the database, so that an address has as many of them however many nodes there are. What is limited
 * costs far more than this one statement; whoever has used up the tries is refused from memory.
 */
export function rateLimitStore(db: Db): FastifyRateLimitStoreCtor {
  return class DatabaseStore {
    readonly #route: string;
    /** When the time of those is over who are refused, by this process's own steady clock. */
    readonly #refused = new Map<string, number>();

    constructor(_options: FastifyRateLimitOptions, route = "") {
      this.#route = route;
    }

    incr(key: string, done: (error: Error | null, count?: Count) => void, windowMs: number, max: number): void {
      const ttl = (this.#refused.get(key) ?? 0) - performance.now();
      if (ttl > 0) return done(null, { current: max + 1, ttl });
      this.#refused.delete(key);
      this.#count(key, windowMs).then(
        (count) => {
          if (count.current > max) this.#refuse(key, count.ttl);
          done(null, count);
        },
        (error: Error) => done(error),
      );
    }

    child(route: object): DatabaseStore {
      const { routeInfo } = route as { routeInfo: { method: string; url: string } };
      return new DatabaseStore({}, `${routeInfo.method} ${routeInfo.url}`);
    }

    async #count(key: string, windowMs: number): Promise<Count> {
      const [count] = await ask<Count>(
        db,
        sql`
        INSERT INTO rate_limits AS r (key, count, ends_at)
        VALUES (${`${this.#route} ${key}`}, 1, now() + make_interval(secs => ${windowMs}::float8 / 1000))
        ON CONFLICT (key) DO UPDATE
           SET count = CASE WHEN r.ends_at > now() THEN r.count + 1 ELSE 1 END,
               ends_at = CASE WHEN r.ends_at > now() THEN r.ends_at ELSE excluded.ends_at END
        RETURNING count AS current, (extract(epoch FROM ends_at - now()) * 1000)::float8 AS ttl`,
      );
      return count ?? { current: 1, ttl: windowMs };
    }

    #refuse(key: string, ttl: number): void {
      if (this.#refused.size >= REFUSED_MAX) this.#refused.clear();
      this.#refused.set(key, performance.now() + ttl);
    }
  };
}
