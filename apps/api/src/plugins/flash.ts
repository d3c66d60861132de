import { type Flash, flashSchema } from "@confab/shared/workspace";
import type { FastifyReply, FastifyRequest } from "fastify";

const COOKIE = "confab_flash";
const SCOPE = { path: "/", httpOnly: true, sameSite: "lax" } as const;

/** Leaves a one-time message for the next page. */
export function setFlash(reply: FastifyReply, flash: Flash): void {
  const value = Buffer.from(JSON.stringify(flash)).toString("base64url");
  void reply.setCookie(COOKIE, value, { ...SCOPE, maxAge: 60 });
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
