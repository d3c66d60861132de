import type { TokenAnswer } from "@confab/shared/tokens";
import type { FastifyInstance } from "fastify";
import { recordAudit } from "../../core/audit.ts";
import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { ACCESS_TOKEN_SECONDS } from "../../plugins/access-tokens.ts";
import { findPrincipalOfSession, type Principal, SESSION_HOLDS } from "../../plugins/session.ts";
import { openProgramSession, type SessionGround, type SessionOrigin } from "../sessions/sessions.ts";
import { type RefreshToken, readRefreshToken, writeRefreshToken } from "./refresh-tokens.ts";

type Signer = Pick<FastifyInstance, "signAccessToken" | "tokenSecret">;

/** Whom tokens are for, and what says so. */
export interface TokenOwner {
  readonly userId: string;
  readonly ground: SessionGround;
}

/** A session for a program, and its first pair of tokens. Throws sign_in_required. */
export async function issueTokens(
  deps: Deps,
  signer: Signer,
  { userId, ground }: TokenOwner,
  origin: SessionOrigin,
): Promise<TokenAnswer> {
  const id = await openProgramSession(deps.db, userId, origin, ground);
  const principal = await findPrincipalOfSession(deps.db, id, origin.address);
  if (!principal) throw new AppError("sign_in_required");
  return presentTokens(signer, principal, { session_id: id, generation: 0 });
}

/**
 * A fresh access token, and the refresh token's successor. The token itself goes on working until its successor has
 * been used once; presented after that, it is in two hands: the session ends, its sockets close, and it is noted.
 * Throws sign_in_required.
 */
export async function refreshTokens(deps: Deps, signer: Signer, text: string, address: string): Promise<TokenAnswer> {
  const token = readRefreshToken(signer.tokenSecret, text);
  if (!token) throw new AppError("sign_in_required");
  const used = await ask(
    deps.db,
    sql`
    UPDATE sessions s SET generation = ${token.generation}, last_used_at = now(), address = ${address}
      FROM users u
     WHERE s.id = ${token.session_id}::uuid AND s.kind = 'program' AND u.id = s.user_id AND ${SESSION_HOLDS}
       AND ${token.generation}::int BETWEEN s.generation AND s.generation + 1
    RETURNING s.id`,
  );
  if (used.length === 0) {
    await endIfStolen(deps, token, address);
    throw new AppError("sign_in_required");
  }
  const principal = await findPrincipalOfSession(deps.db, token.session_id, address);
  if (!principal) throw new AppError("sign_in_required");
  return presentTokens(signer, principal, { ...token, generation: token.generation + 1 });
}

async function endIfStolen(deps: Deps, token: RefreshToken, address: string): Promise<void> {
  const ended = await deps.db.$transaction(async (tx) => {
    const [session] = await tx.$queryRaw<{ user_id: string }[]>(sql`
      DELETE FROM sessions WHERE id = ${token.session_id}::uuid AND kind = 'program' AND generation > ${token.generation}
      RETURNING user_id`);
    if (session)
      await recordAudit(tx, { action: "session.token_reused", actor_id: null, user_id: session.user_id, address });
    return session;
  });
  if (ended) deps.hub.disconnect({ sessionId: token.session_id }, "session_ended");
}

function presentTokens(signer: Signer, principal: Principal, refresh: RefreshToken): TokenAnswer {
  return {
    access_token: signer.signAccessToken(principal),
    refresh_token: writeRefreshToken(signer.tokenSecret, refresh),
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_SECONDS,
  };
}
