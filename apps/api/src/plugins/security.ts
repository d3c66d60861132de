import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import helmet from "helmet";
import type { Config } from "../core/config.ts";
import { AppError } from "../core/errors.ts";

/** The origins whose pages may use the cookie: the configured one, or else the one the request was addressed to. */
export function isOwnOrigin(origin: string, request: FastifyRequest, config: Pick<Config, "publicUrl">): boolean {
  if (config.publicUrl !== undefined && origin === config.publicUrl) return true;
  return (
    config.publicUrl === undefined && (origin === `http://${request.host}` || origin === `https://${request.host}`)
  );
}

/**
 * Another site's page can make a browser send requests with our cookie (CSRF). Browsers say where a request comes
 * from; a client that says nothing is no browser and has no cookie it did not ask for.
 */
function refuseCrossSite(request: FastifyRequest, config: Config): void {
  if (["GET", "HEAD", "OPTIONS"].includes(request.method)) return;
  const origin = request.headers.origin;
  if (origin !== undefined && isOwnOrigin(origin, request, config)) return;
  // Pages of the configured origins may call with a token. Without our cookie they act for nobody who is signed in here.
  if (origin !== undefined && config.corsOrigins.includes(origin) && request.headers.cookie === undefined) return;
  const site = request.headers["sec-fetch-site"];
  const isForeign = site === undefined ? origin !== undefined : site !== "same-origin" && site !== "none";
  if (isForeign) throw new AppError("origin_refused");
}

/** Response headers for browsers, and the refusal of other sites' requests. */
export const security = fp(async (app: FastifyInstance, { config }: { config: Config }) => {
  const isHttps = config.publicUrl?.startsWith("https:") ?? false;
  // Made once; its plugin for Fastify would make it anew for each request.
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // The interface kit positions popups through style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        connectSrc: ["'self'", ...(config.wsUrl ? [new URL(config.wsUrl).origin] : [])],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isHttps,
    referrerPolicy: { policy: "same-origin" },
    crossOriginEmbedderPolicy: false,
  });
  // Where something is answered: a request that becomes a socket has no use for them, and everybody comes back at once.
  app.addHook("onSend", (request, reply, _payload, done) => setHeaders(request.raw, reply.raw, () => done()));
  app.addHook("onRequest", async (request) => refuseCrossSite(request, config));
});
