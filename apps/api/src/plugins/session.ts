import type { Role } from "@confab/shared/users";
import cookie from "@fastify/cookie";
import { normalizeIP } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Config } from "../core/config.ts";
import { ask, type Db, type Sql, sql, type Tx, toList } from "../core/db.ts";
import { AppError, isStorageFull } from "../core/errors.ts";
import { joinQuestions } from "../core/join-questions.ts";
import { isEnough, type PolicyRow, policyOf } from "../core/policy.ts";
import { hashSecret } from "../core/secrets.ts";
import { bearerOf } from "./access-tokens.ts";

/** Who is asking. Read from the database at every request: a right that was lost is gone at once. */
export interface Principal {
  readonly session_id: string;
  readonly user_id: string;
  readonly username: string;
  readonly email: string | null;
  readonly role: Role;
  readonly expires_at: Date | null;
  readonly language: string;
  /** Where the request comes from, for what is noted about it. */
  readonly address: string;
  /** The same as limits count it: who has one address of version 6 has a whole network of them. */
  readonly network: string;
}

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal | null;
    /** Who asks was read before the body had come: a slow sender may have lost the right meanwhile. */
    isAskedEarly: boolean;
  }
  interface FastifyContextConfig {
    policy?: PolicyRow;
  }
}

export const SESSION_DAYS = 30;
export const PROGRAM_SESSION_DAYS = 90;

/** Whether a session `s` of a user `u` holds. By the database's clock, in the query itself, so that no path forgets it. */
export const SESSION_HOLDS = sql`s.expires_at > now()
  AND s.last_used_at > now() - (CASE s.kind WHEN 'program' THEN interval '30 days' ELSE interval '7 days' END)
  AND u.deactivated_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > now())`;

/** The signed-in person behind a cookie's value, or null. */
export async function findPrincipal(db: Db, cookieValue: string, address: string): Promise<Principal | null> {
  return greet(db, await findByTokenHash(db, hashSecret(cookieValue).toString("hex")), address);
}

/** The person whose session this is, or null if it does not hold any more. */
export async function findPrincipalOfSession(db: Db, sessionId: string, address: string): Promise<Principal | null> {
  return greet(db, await findById(db, sessionId), address);
}

type Asker = Omit<Principal, "address" | "network"> & { readonly is_stale: boolean };

/** At most so many sessions are looked up in one statement. */
const ASKERS_MAX = 500;
const findByTokenHash = joinQuestions<string, Asker | undefined>(ASKERS_MAX, (tx, hashes) => {
  // In a list, a backslash is written twice.
  const list = toList(hashes.map((hash) => `\\\\x${hash}`));
  return findAskers(tx, sql`encode(s.token_hash, 'hex')`, sql`s.token_hash = ANY(${list}::bytea[])`, hashes);
});
const findById = joinQuestions<string, Asker | undefined>(ASKERS_MAX, (tx, ids) =>
  findAskers(tx, sql`s.id`, sql`s.id = ANY(${toList(ids)}::uuid[])`, ids),
);

async function findAskers(tx: Tx, key: Sql, condition: Sql, keys: string[]): Promise<(Asker | undefined)[]> {
  const rows = await ask<Asker & { key: string }>(
    tx,
    sql`
    SELECT ${key} AS key, s.id AS session_id, u.id AS user_id, u.username, u.email, u.role, u.expires_at, u.language,
           s.last_used_at < now() - interval '5 minutes' AS is_stale
      FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE ${condition} AND ${SESSION_HOLDS}`,
  );
  const byKey = new Map(rows.map(({ key, ...asker }) => [key, asker]));
  return keys.map((each) => byKey.get(each));
}

async function greet(db: Db, asker: Asker | undefined, address: string): Promise<Principal | null> {
  if (!asker) return null;
  const { session_id, user_id, username, email, role, expires_at, language, is_stale } = asker;
  if (is_stale) await noteUse(db, session_id, address);
  // A connection that has ended has no address any more.
  const network = normalizeIP(address ?? "");
  return { session_id, user_id, username, email, role, expires_at, language, address, network };
}

/** What is only noted by the way must not keep anybody from reading while the disk is full. */
async function noteUse(db: Db, sessionId: string, address: string): Promise<void> {
  try {
    await ask(
      db,
      sql`
      UPDATE sessions SET last_used_at = now(), address = ${address} WHERE id = ${sessionId}::uuid`,
    );
  } catch (error) {
    if (!isStorageFull(error)) throw error;
  }
}

export function sessionCookieName(config: Pick<Config, "publicUrl">): string {
  return config.publicUrl?.startsWith("https:") ? "__Host-confab_session" : "confab_session";
}

export function setSessionCookie(reply: FastifyReply, config: Pick<Config, "publicUrl">, token: string): void {
  void reply.setCookie(sessionCookieName(config), token, {
    ...cookieScope(config),
    maxAge: SESSION_DAYS * 24 * 60 * 60,
  });
}

export function clearSessionCookie(reply: FastifyReply, config: Pick<Config, "publicUrl">): void {
  void reply.clearCookie(sessionCookieName(config), cookieScope(config));
}

function cookieScope(config: Pick<Config, "publicUrl">) {
  return {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure: config.publicUrl?.startsWith("https:") ?? false,
  } as const;
}

/** The person asking. Throws sign_in_required; a route whose policy asks for an account never gets that far. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new AppError("sign_in_required");
  return request.principal;
}

/** The credential of a request: what a program says in Authorization goes before what a browser sends by itself. */
async function findAsker(request: FastifyRequest, config: Config, db: Db): Promise<Principal | null> {
  const bearer = bearerOf(request);
  if (bearer !== null) {
    const sessionId = request.server.readAccessToken(bearer);
    return sessionId === null ? null : findPrincipalOfSession(db, sessionId, request.ip);
  }
  const cookieValue = request.cookies[sessionCookieName(config)];
  return cookieValue === undefined ? null : findPrincipal(db, cookieValue, request.ip);
}

/** Reads who is asking, and lets through whom the policy table lets through. Pages are left to the pages feature. */
export const session = fp(async (app: FastifyInstance, { config, db }: { config: Config; db: Db }) => {
  await app.register(cookie);
  app.decorateRequest("principal", null);
  app.decorateRequest("isAskedEarly", false);

  const letThrough = async (request: FastifyRequest, policy: PolicyRow) => {
    if (policy.who !== "anyone" || policy.page || policy.asksWho)
      request.principal = await findAsker(request, config, db);
    if (policy.page || isEnough(request.principal?.role ?? null, policy)) return;
    throw new AppError(request.principal ? "role_insufficient" : "sign_in_required");
  };

  app.addHook("onRoute", (route) => {
    for (const method of [route.method].flat()) {
      const policy = policyOf(method, route.url);
      if (!policy)
        throw new Error(`The route ${method} ${route.url} has no row in core/policy.ts: say there who may use it.`);
      route.config = { ...route.config, policy };
    }
  });

  app.addHook("onRequest", async (request) => {
    const policy = request.routeOptions.config.policy;
    if (!policy || request.is404) return;
    await letThrough(request, policy);
    request.isAskedEarly = !request.raw.complete;
  });

  app.addHook("preHandler", async (request) => {
    const policy = request.routeOptions.config.policy;
    if (policy && request.isAskedEarly) await letThrough(request, policy);
  });
});
