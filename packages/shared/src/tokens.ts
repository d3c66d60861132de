import { z } from "zod";
import { idSchema } from "./ids.ts";
import { textSchema } from "./text.ts";
import { roleSchema } from "./users.ts";

/** The answer of the reference's `/token` and `/refresh`; `expires_in` is the access token's life in seconds. */
export const tokenAnswerSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.number().int().positive(),
});
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

/** The token may come as `Authorization: Bearer` instead; then the body may be left out. */
export const refreshBodySchema = z.strictObject({ refresh_token: textSchema({ min: 1, max: 1_000 }).optional() });

/** The reference's `/check`; `user` repeats `user_id`. */
export const checkAnswerSchema = z.object({
  authenticated: z.literal(true),
  user_id: idSchema,
  user: idSchema,
  email: z.string().nullable(),
  username: z.string(),
  role: roleSchema,
  message: z.string(),
});
