import { newId } from "@confab/shared/ids";
import type { FastifyRequest } from "fastify";
import { ask, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { hashSecret, newSecret } from "../../core/secrets.ts";
import { PROGRAM_SESSION_DAYS, SESSION_DAYS } from "../../plugins/session.ts";
import { IS_ACTIVE } from "../users/users.service.ts";

/** Where a session was opened, to be recognised in a list later. */
export interface SessionOrigin {
  readonly device: string;
  readonly address: string;
}

export function sessionOrigin(request: FastifyRequest): SessionOrigin {
  return { device: (request.headers["user-agent"] ?? "").slice(0, 300).toWellFormed(), address: request.ip };
}

/** What a session is opened on: a password that was right (known by its hash), or another open session. */
export type SessionGround = { readonly password_hash: string | null } | { readonly session_id: string };

/**
 * Opens a browser's session, always under a fresh secret, and returns that secret: the cookie's value. Throws
 * sign_in_required if what it is opened on does not hold any more.
 */
export async function openSession(
  tx: Tx,
  userId: string,
  origin: SessionOrigin,
  ground: SessionGround,
): Promise<string> {
  const token = newSecret();
  await insertSession(tx, userId, origin, ground, { kind: "browser", hash: hashSecret(token), days: SESSION_DAYS });
  return token;
}

/** Opens a program's session and returns its id. Throws sign_in_required like openSession. */
export function openProgramSession(
  tx: Tx,
  userId: string,
  origin: SessionOrigin,
  ground: SessionGround,
): Promise<string> {
  return insertSession(tx, userId, origin, ground, { kind: "program", hash: null, days: PROGRAM_SESSION_DAYS });
}

/**
 * A password is changed, or all sessions are ended, in the moment between the check and the opening: the session must not
 * outlive that. Whoever does so locks the account; this waits for them, and looks again at what it is opened on.
 */
async function insertSession(
  tx: Tx,
  userId: string,
  { device, address }: SessionOrigin,
  ground: SessionGround,
  session: { kind: "browser" | "program"; hash: Buffer | null; days: number },
): Promise<string> {
  const id = newId();
  const held =
    "session_id" in ground
      ? sql`JOIN sessions s ON s.user_id = u.id AND s.id = ${ground.session_id}::uuid
             WHERE u.id = ${userId}::uuid AND ${IS_ACTIVE} FOR SHARE OF u, s`
      : sql`WHERE u.id = ${userId}::uuid AND ${IS_ACTIVE} AND u.password_hash IS NOT DISTINCT FROM ${ground.password_hash}
             FOR SHARE OF u`;
  const opened = await ask(
    tx,
    sql`
    WITH account AS MATERIALIZED (SELECT u.id FROM users u ${held})
    INSERT INTO sessions (id, user_id, kind, token_hash, device, address, expires_at)
    SELECT ${id}::uuid, account.id, ${session.kind}::session_kind, ${session.hash}, ${device}, ${address},
           now() + make_interval(days => ${session.days}::int) FROM account
    RETURNING id`,
  );
  if (opened.length === 0) throw new AppError("sign_in_required");
  return id;
}

export interface EndedSession {
  readonly id: string;
  readonly kind: "browser" | "program";
  readonly device: string;
}

/**
 * Ends sessions of somebody, browsers and programs: all of them, all `except` one, or `only` one. Their cookies and tokens
 * stop working with the commit; call announceEnded after it. Needs a transaction, unless it is `only` one.
 */
export async function endSessions(
  tx: Tx,
  userId: string,
  which: { except?: string; only?: string } = {},
): Promise<EndedSession[]> {
  // Whoever is just opening one has done so, or will find the account changed.
  await ask(tx, sql`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
  return ask<EndedSession>(
    tx,
    sql`
    DELETE FROM sessions
     WHERE user_id = ${userId}::uuid AND id IS DISTINCT FROM ${which.except ?? null}::uuid
       AND id = coalesce(${which.only ?? null}::uuid, id)
    RETURNING id, kind, device`,
  );
}

/** Closes the sockets of sessions that have ended. */
export function announceEnded(deps: Pick<Deps, "hub">, ended: EndedSession[]): void {
  for (const { id } of ended) deps.hub.disconnect({ sessionId: id }, "session_ended");
}
