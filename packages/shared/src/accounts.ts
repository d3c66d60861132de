import { z } from "zod";
import { PASSWORD_MAX, USERNAME_MAX, USERS_PAGE_MAX } from "./limits.ts";
import { nextSchema, pageQueryShape } from "./pages.ts";
import { momentSchema, textSchema } from "./text.ts";
import { emailSchema, passwordSchema, personSchema, usernameSchema } from "./users.ts";

/** A person as administrators see them. Deleted accounts are in no list. */
export const accountSchema = personSchema.extend({
  email: z.string().nullable(),
  created_at: momentSchema,
  /** When one of their sessions was last used; null for nobody signed in. */
  last_used_at: momentSchema.nullable(),
  session_count: z.number().int().min(0),
  /** Guests: until when they may stay. */
  expires_at: momentSchema.nullable(),
  deactivated_at: momentSchema.nullable(),
});
export type Account = z.infer<typeof accountSchema>;

export const accountSortSchema = z.enum(["name", "newest", "oldest"]);
export type AccountSort = z.infer<typeof accountSortSchema>;
export const accountKindSchema = z.enum(["admin", "user", "guest", "deactivated"]);
export type AccountKind = z.infer<typeof accountKindSchema>;

export const listAccountsQuerySchema = z.strictObject({
  /** Part of a name or an e-mail address. */
  query: textSchema({ max: USERNAME_MAX }).optional(),
  kind: accountKindSchema.optional(),
  sort: accountSortSchema.optional(),
  ...pageQueryShape(USERS_PAGE_MAX),
});
export type ListAccountsQuery = z.infer<typeof listAccountsQuerySchema>;
export const listAccountsAnswerSchema = z.object({ accounts: z.array(accountSchema), next: nextSchema });
export type ListAccountsAnswer = z.infer<typeof listAccountsAnswerSchema>;
export const accountRowAnswerSchema = z.object({ account: accountSchema });

const givenRoleSchema = z.enum(["admin", "user"]);
/** The new account has no password: its owner sets one by the link in the answer. */
export const createAccountBodySchema = z.strictObject({
  username: usernameSchema,
  email: emailSchema,
  role: givenRoleSchema,
});
export type CreateAccountBody = z.infer<typeof createAccountBodySchema>;

/** A guest who is given a role is a guest no more, and stays. */
export const changeRoleBodySchema = z.strictObject({ role: givenRoleSchema });
export type ChangeRoleBody = z.infer<typeof changeRoleBodySchema>;

/** `token` belongs behind the # of /reset-password. It is shown this once. */
export const passwordResetSchema = z.object({ token: z.string(), expires_at: momentSchema });
export type PasswordResetLink = z.infer<typeof passwordResetSchema>;
export const passwordResetAnswerSchema = z.object({ password_reset: passwordResetSchema });
export const createAccountAnswerSchema = z.object({ account: accountSchema, password_reset: passwordResetSchema });
export type CreateAccountAnswer = z.infer<typeof createAccountAnswerSchema>;

export const resetPasswordBodySchema = z.strictObject({
  token: textSchema({ min: 1, max: PASSWORD_MAX }),
  password: passwordSchema,
});
export type ResetPasswordBody = z.infer<typeof resetPasswordBodySchema>;
/** Whose password it is now. */
export const resetPasswordAnswerSchema = z.object({ username: z.string() });
