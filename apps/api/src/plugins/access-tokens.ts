import { idSchema, newId } from "@confab/shared/ids";
import type { Role } from "@confab/shared/users";
import jwt from "@fastify/jwt";
import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { z } from "zod";
import type { Config } from "../core/config.ts";
import { ask, type Db, sql } from "../core/db.ts";
import { newSecret } from "../core/secrets.ts";

/** Seconds. Short, because a token that leaked works until then; rights are read from the database all the same. */
export const ACCESS_TOKEN_SECONDS = 600;
const ISSUER = "confab";
const AUDIENCE = "confab-api";
/** Named one by one because the library lets through what is missing. */
const REQUIRED_CLAIMS = ["iss", "aud", "exp", "iat", "jti"];
/** How far the clocks of two nodes may be apart, in seconds. */
const CLOCK_SKEW = 60;

declare module "fastify" {
  interface FastifyInstance {
    /** The secret that signs tokens, the same on every node. */
    tokenSecret: string;
    signAccessToken(claims: { session_id: string; user_id: string; username: string; role: Role }): string;
    /** The session an access token belongs to; null if it is not one of ours, or not any more. */
    readAccessToken(token: string): string | null;
  }
}

const claimsSchema = z.object({
  sid: idSchema,
  sub: idSchema,
  typ: z.literal("access"),
  jti: idSchema,
  iat: z.number().refine((seconds) => seconds <= Date.now() / 1000 + CLOCK_SKEW),
});

/**
 * The only header our tokens have. Comparing it whole refuses every trick a header can play: other algorithms, none,
 * keys named or carried along (kid, jku, jwk, x5u), and extensions we would have to understand (crit).
 */
const HEADER = Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT" })).toString("base64url");

/** Access tokens: JWTs (RFC 7519) with one algorithm and key, an issuer, an audience and a mark of their type. */
export const accessTokens = fp(async (app: FastifyInstance, { config, db }: { config: Config; db: Db }) => {
  const secret = config.jwtSecret ?? (await sharedSecret(db));
  await app.register(jwt, {
    secret,
    sign: { algorithm: "HS256", expiresIn: ACCESS_TOKEN_SECONDS, iss: ISSUER, aud: AUDIENCE },
    verify: { algorithms: ["HS256"], allowedIss: ISSUER, allowedAud: AUDIENCE, requiredClaims: REQUIRED_CLAIMS },
  });
  app.decorate("tokenSecret", secret);

  app.decorate("signAccessToken", ({ session_id, user_id, username, role }) =>
    app.jwt.sign({ typ: "access", sid: session_id, sub: user_id, username, role, jti: newId() }),
  );

  app.decorate("readAccessToken", (token: string) => {
    if (!token.startsWith(`${HEADER}.`)) return null;
    try {
      return claimsSchema.parse(app.jwt.verify(token)).sid;
    } catch {
      return null;
    }
  });
});

/** Made once and kept in the database, so that every node shares it. */
async function sharedSecret(db: Db): Promise<string> {
  const made = JSON.stringify(newSecret());
  await ask(db, sql`INSERT INTO settings (key, value) VALUES ('token_secret', ${made}::jsonb) ON CONFLICT DO NOTHING`);
  const [kept] = await ask<{ value: string }>(
    db,
    sql`SELECT value #>> '{}' AS value FROM settings WHERE key = 'token_secret'`,
  );
  if (!kept) throw new Error("the token secret is missing from the settings");
  return kept.value;
}

/**
 * The token a program sends: in Authorization, or, from a browser that cannot set headers on a socket, as the second
 * Sec-WebSocket-Protocol. Never from the URL, which ends up in logs.
 */
export function bearerOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  if (authorization !== undefined)
    return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? (isBasic(authorization) ? null : "");
  const protocols = request.headers["sec-websocket-protocol"];
  return protocols?.split(",")[1]?.trim() ?? null;
}

function isBasic(authorization: string): boolean {
  return /^Basic /i.test(authorization);
}
