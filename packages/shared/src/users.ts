import { z } from "zod";
import { idSchema } from "./ids.ts";
import { EMAIL_MAX, PASSWORD_MAX, PASSWORD_MIN, USERNAME_MAX, USERS_PAGE_MAX } from "./limits.ts";
import { lineSchema, momentSchema, textSchema } from "./text.ts";

export const roleSchema = z.enum(["admin", "user", "guest"]);
export type Role = z.infer<typeof roleSchema>;

/**
 * A name as others see it: letters, marks, digits, single blanks and . _ - ' · ・. No @, so that a sign-in name can
 * never be mistaken for an e-mail address; no invisible or direction-changing characters, so that nobody can
 * look like somebody else by them.
 */
export const usernameSchema = z
  .string()
  .transform((name) => name.normalize("NFKC"))
  .pipe(
    lineSchema({ min: 1, max: USERNAME_MAX })
      .refine(
        (name) => /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._'’·・-]*$/u.test(name),
        "may hold letters, digits, spaces and . _ - ' and starts with a letter or digit",
      )
      // Some letters and marks show nothing: fillers, variation selectors.
      .refine((name) => !/\p{Default_Ignorable_Code_Point}/u.test(name), "must not contain invisible characters")
      // Burmese names carry up to four marks on a letter.
      .refine((name) => !/\p{M}{5,}/u.test(name), "stacks too many accents on one letter"),
  );

export const emailSchema = textSchema({ min: 3, max: EMAIL_MAX })
  .transform((email) => email.trim().toLowerCase())
  .pipe(z.email("must be an e-mail address"));

export const passwordSchema = textSchema({ min: PASSWORD_MIN, max: PASSWORD_MAX });

/** A person as anyone who shares a conversation with them sees them. */
export const personSchema = z.object({ id: idSchema, username: z.string(), role: roleSchema });
export type Person = z.infer<typeof personSchema>;

/** The signed-in person, to themselves. `can` says what the account may do, so that no client repeats the rules. */
export const meSchema = personSchema.extend({
  email: z.string().nullable(),
  expires_at: momentSchema.nullable(),
  can: z.object({
    start_direct: z.boolean(),
    create_group: z.boolean(),
    list_users: z.boolean(),
    manage_workspace: z.boolean(),
  }),
});
export type Me = z.infer<typeof meSchema>;

/** A row of the administrators' list of people. */
export const accountSchema = personSchema.extend({
  email: z.string().nullable(),
  created_at: momentSchema,
  expires_at: momentSchema.nullable(),
  deactivated_at: momentSchema.nullable(),
});
export type Account = z.infer<typeof accountSchema>;

export const listUsersQuerySchema = z.strictObject({
  query: textSchema({ max: USERNAME_MAX }).optional(),
  after: textSchema({ max: USERNAME_MAX * 2 }).optional(),
  limit: z.coerce.number().int().min(1).max(USERS_PAGE_MAX).optional(),
});
/** `next` is the `after` of the following page, null on the last one. */
export const listUsersAnswerSchema = z.object({ users: z.array(personSchema), next: z.string().nullable() });
export type ListUsersAnswer = z.infer<typeof listUsersAnswerSchema>;
export const listAccountsAnswerSchema = z.object({ accounts: z.array(accountSchema), next: z.string().nullable() });
export type ListAccountsAnswer = z.infer<typeof listAccountsAnswerSchema>;
export const meAnswerSchema = z.object({ me: meSchema });
