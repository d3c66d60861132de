import rateLimitPlugin from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import type { Config } from "../core/config.ts";
import type { Db } from "../core/db.ts";
import { AppError } from "../core/errors.ts";
import type { Allowance } from "../core/token-bucket.ts";
import { rateLimitStore } from "./rate-limit-store.ts";

/** Tries per address and time, on all nodes together: enough for a household behind one address, too few for guessing or flooding. */
export const LIMITS = {
  sign_in: { max: 20, timeWindow: "5 minutes" },
  registration: { max: 30, timeWindow: "1 hour" },
  guest_entry: { max: 30, timeWindow: "1 hour" },
  invite_opening: { max: 300, timeWindow: "1 hour" },
} as const;

/** Route options that put a route under one of the limits. */
export function limited(name: keyof typeof LIMITS, config: Config) {
  const { max, timeWindow } = LIMITS[name];
  return { rateLimit: { max: Math.max(1, Math.round(max * config.rateLimitScale)), timeWindow } };
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
