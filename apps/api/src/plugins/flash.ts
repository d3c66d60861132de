import { type Flash, flashSchema } from "@confab/shared/workspace";
import type { FastifyReply, FastifyRequest } from "fastify";

const COOKIE = "confab_flash";
const SCOPE = { path: "/", httpOnly: true, sameSite: "lax" } as const;

/** Browsers throw a cookie of more than 4,096 bytes away, its name and attributes included. */
const VALUE_MAX = 3_900;

/** Leaves a one-time message for the next page; without the typed values, if they are too much for a cookie. */
export function setFlash(reply: FastifyReply, flash: Flash): void {
  const whole = encode(flash);
  const value = whole.length <= VALUE_MAX ? whole : encode({ kind: flash.kind, message: flash.message.slice(0, 500) });
  void reply.setCookie(COOKIE, value, { ...SCOPE, maxAge: 60 });
}

function encode(flash: Flash): string {
  return Buffer.from(JSON.stringify(flash)).toString("base64url");
}

/** The message left for this page, taken away with this answer; null if there is none or it is not ours. */
export function takeFlash(request: FastifyRequest, reply: FastifyReply): Flash | null {
  const value = request.cookies[COOKIE];
  if (value === undefined) return null;
  void reply.clearCookie(COOKIE, SCOPE);
  try {
    return flashSchema.parse(JSON.parse(Buffer.from(value, "base64url").toString()));
  } catch {
    return null;
  }
}
