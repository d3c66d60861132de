import { z } from "zod";
import { idSchema } from "./ids.ts";
import {
  CONVERSATION_DESCRIPTION_MAX,
  CONVERSATION_NAME_MAX,
  GROUP_MEMBERS_MAX,
  MEMBERS_PAGE_MAX,
  USERNAME_MAX,
} from "./limits.ts";
import { messageSchema } from "./messages.ts";
import { lineSchema, momentSchema, textSchema } from "./text.ts";
import { personSchema } from "./users.ts";

export const conversationKindSchema = z.enum(["direct", "group"]);
export const memberRoleSchema = z.enum(["owner", "member"]);
export type MemberRole = z.infer<typeof memberRoleSchema>;

const countSchema = z.number().int().min(0);

/** A conversation as one person sees it: the shared facts, and that person's own place in it. */
export const conversationSchema = z.object({
  id: idSchema,
  kind: conversationKindSchema,
  /** Groups have a name; a direct conversation is called by `other`, or by both names when seen from outside. */
  name: z.string().nullable(),
  description: z.string().nullable(),
  owner_id: idSchema.nullable(),
  created_at: momentSchema,
  updated_at: momentSchema,
  last_seq: countSchema,
  revision: countSchema,
  member_version: countSchema,
  member_count: countSchema,
  /** Since when nothing can be written in it any more. */
  archived_at: momentSchema.nullable(),
  /** The group that every newcomer joins and nobody leaves. */
  joined_by_everyone: z.boolean(),
  last_message: messageSchema.nullable(),
  /** The other person of a direct conversation. */
  other: personSchema.nullable(),
  /** The caller's role; null for an administrator looking in from outside. */
  role: memberRoleSchema.nullable(),
  read_seq: countSchema,
  unread: countSchema,
  can: z.object({
    send: z.boolean(),
    /** Rename, describe, change roles, and make links into it. */
    manage: z.boolean(),
    change_members: z.boolean(),
    archive: z.boolean(),
    transfer: z.boolean(),
    delete: z.boolean(),
    leave: z.boolean(),
    /** See which administrators read here without being in it. */
    list_visits: z.boolean(),
  }),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const memberSchema = z.object({ user: personSchema, role: memberRoleSchema, joined_at: momentSchema });
export type Member = z.infer<typeof memberSchema>;

export const createDirectBodySchema = z.strictObject({ kind: z.literal("direct"), user_id: idSchema });
export const createGroupBodySchema = z.strictObject({
  kind: z.literal("group"),
  name: lineSchema({ min: 1, max: CONVERSATION_NAME_MAX }),
  description: lineSchema({ max: CONVERSATION_DESCRIPTION_MAX }).optional(),
  member_ids: z.array(idSchema).max(GROUP_MEMBERS_MAX),
});
export const createConversationBodySchema = z.discriminatedUnion("kind", [
  createDirectBodySchema,
  createGroupBodySchema,
]);
export type CreateConversationBody = z.infer<typeof createConversationBodySchema>;

/** The reference's form: `members` is a repeated field in a form, a list in JSON. */
export const createGroupFormSchema = z.strictObject({
  name: createGroupBodySchema.shape.name,
  description: createGroupBodySchema.shape.description,
  members: createGroupBodySchema.shape.member_ids.optional(),
});

/** `scope=all` is every conversation there is, for administrators. */
export const listConversationsQuerySchema = z.strictObject({ scope: z.enum(["mine", "all"]).optional() });
export const listConversationsAnswerSchema = z.object({ conversations: z.array(conversationSchema) });
export const conversationAnswerSchema = z.object({ conversation: conversationSchema });

export const listMembersQuerySchema = z.strictObject({
  after: textSchema({ max: USERNAME_MAX * 2 }).optional(),
  limit: z.coerce.number().int().min(1).max(MEMBERS_PAGE_MAX).optional(),
});
export const listMembersAnswerSchema = z.object({
  members: z.array(memberSchema),
  /** Which of these members are connected now. */
  online: z.array(idSchema),
  next: z.string().nullable(),
});
export type ListMembersAnswer = z.infer<typeof listMembersAnswerSchema>;

/**
 * Everything that changed after the revision the caller knows: the conversation as it is now, and the messages
 * created, edited or deleted since, in order of revision. `complete` is false when there is another page, asked
 * for with `after_revision` set to this page's `revision`.
 */
const changesPageSchema = z.object({
  limited: z.literal(false),
  conversation: conversationSchema,
  messages: z.array(messageSchema),
  revision: countSchema,
  complete: z.boolean(),
});
export type ChangesPage = z.infer<typeof changesPageSchema>;

/**
 * The caller is behind by more than CHANGES_BEHIND_MAX and is told none of it: what it holds is to be thrown away and
 * loaded anew, and what changes from here on is asked for after `revision`.
 */
const changesLimitedSchema = z.object({
  limited: z.literal(true),
  conversation: conversationSchema,
  revision: countSchema,
});

/** Two shapes, so that nobody takes an answer without the changes for one in which there were none. */
export const changesAnswerSchema = z.discriminatedUnion("limited", [changesPageSchema, changesLimitedSchema]);
export type ChangesAnswer = z.infer<typeof changesAnswerSchema>;
