import cors from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Config } from "../core/config.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Lets pages of the origins in CORS_ORIGINS read our answers; never with a cookie. Comes before the session, so that
 * such a page can also read that its token has expired.
 */
export const crossOrigin = fp(async (app: FastifyInstance, { config }: { config: Config }) => {
  await app.register(cors, {
    delegator: (request: FastifyRequest, callback) =>
      callback(null, {
        origin: config.corsOrigins,
        methods: METHODS,
        allowedHeaders: ["authorization", "content-type"],
        // An OPTIONS request that no browser asks for is not found, like any other method an address does not have.
        preflight: isPreflight(request),
      }),
  });
});

function isPreflight({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}
