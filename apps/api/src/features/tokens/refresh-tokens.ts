import { createHmac, timingSafeEqual } from "node:crypto";
import { idSchema } from "@confab/shared/ids";

/**
 * A refresh token names its session and its place in the line of successors, and proves by a MAC that it is ours. So a
 * token has exactly one successor, however often it is asked for: a lost answer loses nothing, twenty parallel refreshes
 * agree, and nothing but the newest used place (the session's `generation`) has to be stored.
 */
export interface RefreshToken {
  readonly session_id: string;
  readonly generation: number;
}

const PREFIX = "confab_refresh";

function macOf(secret: string, token: RefreshToken): string {
  return createHmac("sha256", secret).update(`${PREFIX} ${token.session_id} ${token.generation}`).digest("base64url");
}

export function writeRefreshToken(secret: string, token: RefreshToken): string {
  return [PREFIX, token.session_id, token.generation, macOf(secret, token)].join(".");
}

/** The token behind the text, or null if it was not made here. */
export function readRefreshToken(secret: string, text: string): RefreshToken | null {
  const [prefix, session_id = "", place = "", mac = "", ...rest] = text.split(".");
  if (prefix !== PREFIX || rest.length > 0 || !/^(0|[1-9]\d{0,8})$/.test(place)) return null;
  if (!idSchema.safeParse(session_id).success) return null;
  const token = { session_id, generation: Number(place) };
  const [given, right] = [Buffer.from(mac), Buffer.from(macOf(secret, token))];
  return given.length === right.length && timingSafeEqual(given, right) ? token : null;
}
