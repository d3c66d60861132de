import { z } from "zod";
import { idSchema } from "./ids.ts";
import { SESSIONS_PAGE_MAX } from "./limits.ts";
import { nextSchema, pageQueryShape } from "./pages.ts";
import { momentSchema } from "./text.ts";

/** Where somebody is signed in: a browser, or a program with its family of tokens. */
export const sessionSchema = z.object({
  id: idSchema,
  kind: z.enum(["browser", "program"]),
  /** What the client called itself (its User-Agent). */
  device: z.string(),
  address: z.string(),
  created_at: momentSchema,
  last_used_at: momentSchema,
  expires_at: momentSchema,
  /** The one that asks. */
  is_current: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

export const listSessionsQuerySchema = z.strictObject(pageQueryShape(SESSIONS_PAGE_MAX));
/** The one used last first. */
export const listSessionsAnswerSchema = z.object({ sessions: z.array(sessionSchema), next: nextSchema });
export type ListSessionsAnswer = z.infer<typeof listSessionsAnswerSchema>;
/** `others` leaves the one that asks. */
export const endSessionsQuerySchema = z.strictObject({ scope: z.enum(["all", "others"]).optional() });
