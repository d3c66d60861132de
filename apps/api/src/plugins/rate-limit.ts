import rateLimitPlugin, { normalizeIP, type RateLimitOptions } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Config } from "../core/config.ts";
import type { Db } from "../core/db.ts";
import { AppError } from "../core/errors.ts";
import type { Allowance } from "../core/token-bucket.ts";
import { rateLimitStore } from "./rate-limit-store.ts";
import { principalOf } from "./session.ts";

/**
 * Tries per address, or person, and time, on all nodes together: enough for a household behind one address, too few for
 * guessing or flooding. By a link comes a whole workshop from one address.
 */
export const LIMITS = {
  sign_in: { max: 20, minutes: 5 },
  registration: { max: 30, minutes: 60 },
  guest_entry: { max: 30, minutes: 60 },
  guest_entry_by_link: { max: 300, minutes: 60 },
  invite_opening: { max: 300, minutes: 60 },
  profile: { max: 60, minutes: 60 },
} as const;
type Limit = keyof typeof LIMITS;

function maxOf(name: Limit, config: Config): number {
  return Math.max(1, Math.round(LIMITS[name].max * config.rateLimitScale));
}

const timeOf = (name: Limit) => LIMITS[name].minutes * 60_000;

/** Route options that put a route under one of the limits. */
export function limited(name: Limit, config: Config) {
  return { rateLimit: { max: maxOf(name, config), timeWindow: timeOf(name) } };
}

/** The same for a route that only those have who are signed in: each person has a count, wherever they are. */
export function limitedByPerson(name: Limit, config: Config) {
  const keyGenerator = (request: FastifyRequest) => principalOf(request).user_id;
  return { rateLimit: { ...limited(name, config).rateLimit, keyGenerator } };
}

/** The same for a route whose body says under which limit a request comes. Each of them has a count of its own. */
export function limitedByBody(nameOf: (body: unknown) => Limit, config: Config) {
  const rateLimit: RateLimitOptions = {
    hook: "preHandler",
    keyGenerator: (request) => `${normalizeIP(request.ip)} ${nameOf(request.body)}`,
    max: (request) => maxOf(nameOf(request.body), config),
    timeWindow: (request) => timeOf(nameOf(request.body)),
  };
  return { rateLimit };
}

/** The headers of an answer that tell a program how much more it may do; the same as those of the limits on tries. */
export function allowanceHeaders({ limit, remaining, fullAfter }: Allowance) {
  return { "ratelimit-limit": limit, "ratelimit-remaining": remaining, "ratelimit-reset": fullAfter };
}

export const rateLimit = fp(async (app: FastifyInstance, { db }: { db: Db }) => {
  // Bytes after the headers may turn out not to be HTTP: then the connection is over already, its address gone, and
  // nobody waits for an answer.
  app.addHook("onRequest", async (request, reply) => {
    if (request.raw.socket.destroyed) return reply.hijack();
  });
  await app.register(rateLimitPlugin, {
    global: false,
    store: rateLimitStore(db),
    enableDraftSpec: true,
    errorResponseBuilder: () => new AppError("too_many_requests"),
  });
});
