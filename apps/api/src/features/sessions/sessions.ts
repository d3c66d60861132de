import { newId } from "@confab/shared/ids";
import type { FastifyRequest } from "fastify";
import { sql, type Tx } from "../../core/db.ts";
import { hashSecret, newSecret } from "../../core/secrets.ts";
import { SESSION_DAYS } from "../../plugins/session.ts";

/** Where a session was opened, to be recognised in a list later. */
export interface SessionOrigin {
  readonly device: string;
  readonly address: string;
}

export function sessionOrigin(request: FastifyRequest): SessionOrigin {
  return { device: (request.headers["user-agent"] ?? "").slice(0, 300).toWellFormed(), address: request.ip };
}

/** Opens a session, always under a fresh secret, and returns that secret: the cookie's value. */
export async function openSession(tx: Tx, userId: string, origin: SessionOrigin): Promise<string> {
  const token = newSecret();
  await tx.$executeRaw(sql`
    INSERT INTO sessions (id, user_id, token_hash, device, address, expires_at)
    VALUES (${newId()}::uuid, ${userId}::uuid, ${hashSecret(token)}, ${origin.device}, ${origin.address},
            now() + make_interval(days => ${SESSION_DAYS}::int))`);
  return token;
}

export async function closeSession(tx: Tx, sessionId: string): Promise<void> {
  await tx.$executeRaw(sql`DELETE FROM sessions WHERE id = ${sessionId}::uuid`);
}
