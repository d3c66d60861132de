import { z } from "zod";
import { idSchema } from "./ids.ts";
import { inviteTokenSchema } from "./invites.ts";
import { PASSWORD_MAX } from "./limits.ts";
import { momentSchema, textSchema } from "./text.ts";
import { emailSchema, meSchema, passwordSchema, roleSchema, usernameSchema } from "./users.ts";

export const registerBodySchema = z.strictObject({
  email: emailSchema,
  username: usernameSchema,
  password: passwordSchema,
  /** The secret of an invite, where registration needs one; one into a conversation also leads there. */
  invite: inviteTokenSchema.optional(),
});
export type RegisterBody = z.infer<typeof registerBodySchema>;

/** What is typed into a sign-in form is only compared, so anything that is text may come. */
const credentialSchema = textSchema({ min: 1, max: PASSWORD_MAX });
export const loginBodySchema = z
  .strictObject({
    username: credentialSchema.optional(),
    email: credentialSchema.optional(),
    password: credentialSchema,
  })
  .refine((body) => (body.username === undefined) !== (body.email === undefined), {
    path: ["username"],
    message: "is required: a username or an e-mail address",
  });
export type LoginBody = z.infer<typeof loginBodySchema>;

/** With the secret of an invite, the guest comes into its conversation, and into no other. */
export const guestBodySchema = z.strictObject({ username: usernameSchema, invite: inviteTokenSchema.optional() });
export type GuestBody = z.infer<typeof guestBodySchema>;

export const setupBodySchema = registerBodySchema
  .omit({ invite: true })
  .extend({ token: textSchema({ min: 1, max: 100 }) });
export type SetupBody = z.infer<typeof setupBodySchema>;

/** The `user` of the reference's form routes. */
export const accountAnswerSchema = z.object({
  user: z.object({
    id: idSchema,
    username: z.string(),
    email: z.string().nullable(),
    role: roleSchema,
    expires_at: momentSchema.optional(),
  }),
});
export type AccountAnswer = z.infer<typeof accountAnswerSchema>;

export const setupAnswerSchema = z.object({ me: meSchema });
