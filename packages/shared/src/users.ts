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
  language: z.string(),
  can: z.object({
    start_direct: z.boolean(),
    create_group: z.boolean(),
    list_users: z.boolean(),
    manage_workspace: z.boolean(),
    /** A guest may become a user in place. */
    claim_account: z.boolean(),
  }),
});
export type Me = z.infer<typeof meSchema>;

/** Languages to choose from, each by its own name. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  it: "Italiano",
  ja: "日本語",
  nl: "Nederlands",
  pl: "Polski",
  pt: "Português",
  tr: "Türkçe",
  uk: "Українська",
  zh: "中文",
} as const;
export type Language = keyof typeof LANGUAGES;
export const languageSchema = z.enum(Object.keys(LANGUAGES) as [Language, ...Language[]]);

/** What was typed as a password of one's own is only compared, so anything that is text may come. */
const currentPasswordSchema = textSchema({ min: 1, max: PASSWORD_MAX });

export const updateMeBodySchema = z
  .strictObject({ username: usernameSchema.optional(), language: languageSchema.optional() })
  .refine((body) => Object.keys(body).length > 0, "must change something");
export type UpdateMeBody = z.infer<typeof updateMeBodySchema>;

export const changeEmailBodySchema = z.strictObject({ email: emailSchema, password: currentPasswordSchema });
export type ChangeEmailBody = z.infer<typeof changeEmailBodySchema>;

export const changePasswordBodySchema = z.strictObject({
  password: currentPasswordSchema,
  new_password: passwordSchema,
});
export type ChangePasswordBody = z.infer<typeof changePasswordBodySchema>;

/** A guest becomes a user in place. */
export const claimAccountBodySchema = z.strictObject({ email: emailSchema, password: passwordSchema });
export type ClaimAccountBody = z.infer<typeof claimAccountBodySchema>;

/** One's own name, typed, confirms it; whoever has a password gives that too. */
export const deleteMeBodySchema = z.strictObject({
  username: textSchema({ min: 1, max: USERNAME_MAX * 2 }),
  password: currentPasswordSchema.optional(),
});
export type DeleteMeBody = z.infer<typeof deleteMeBodySchema>;

export const listUsersQuerySchema = z.strictObject({
  query: textSchema({ max: USERNAME_MAX }).optional(),
  after: textSchema({ max: USERNAME_MAX * 2 }).optional(),
  limit: z.coerce.number().int().min(1).max(USERS_PAGE_MAX).optional(),
});
/** `next` is the `after` of the following page, null on the last one. */
export const listUsersAnswerSchema = z.object({ users: z.array(personSchema), next: z.string().nullable() });
export type ListUsersAnswer = z.infer<typeof listUsersAnswerSchema>;
export const meAnswerSchema = z.object({ me: meSchema });
