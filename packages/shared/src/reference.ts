import { z } from "zod";
import { memberRoleSchema } from "./conversations.ts";
import { idSchema } from "./ids.ts";
import { messageContentSchema } from "./messages.ts";
import { momentSchema, textSchema } from "./text.ts";

// What clients of the reference application read and write, to the letter. Nothing else of ours looks like this.

/** `id` repeats `conversation_id`; `role` is that user's role in the conversation. */
export const userConversationsAnswerSchema = z.object({
  conversations: z.array(
    z.object({
      id: idSchema,
      conversation_id: idSchema,
      name: z.string(),
      description: z.string().nullable(),
      owner_id: idSchema.nullable(),
      role: memberRoleSchema,
      user_id: idSchema,
      joined_at: momentSchema,
      created_at: momentSchema,
      updated_at: momentSchema,
    }),
  ),
});
export type UserConversationsAnswer = z.infer<typeof userConversationsAnswerSchema>;

/** The envelope's name is the reference's, though it holds a conversation. */
export const referenceConversationAnswerSchema = z.object({
  messages: z.object({
    id: idSchema,
    name: z.string(),
    description: z.string().nullable(),
    owner_id: idSchema.nullable(),
    created_at: momentSchema,
    updated_at: momentSchema,
  }),
});

const seqSchema = z.coerce.number().int().min(0).max(2_147_483_647);

/** All of it optional, in any combination. A limit of any size: the answer is streamed. */
export const referenceMessagesQuerySchema = z.strictObject({
  before: seqSchema.optional(),
  after: seqSchema.optional(),
  limit: seqSchema.min(1).optional(),
});
export type ReferenceMessagesQuery = z.infer<typeof referenceMessagesQuerySchema>;

/** Clients of the reference write the moment with any offset; in UTC it may lie in another year than it says. */
const anyMomentSchema = z.iso
  .datetime({ offset: true, message: "must be an RFC 3339 time" })
  .transform((moment) => new Date(moment).toISOString())
  .pipe(momentSchema);

export const referenceFrameSchema = z.discriminatedUnion("message_type", [
  z.strictObject({
    message_type: z.literal("IdMessage"),
    sender_id: idSchema,
    conv_id: idSchema,
    timestamp: anyMomentSchema,
  }),
  z.strictObject({
    message_type: z.literal("ChatMessage"),
    payload: z.strictObject({ content: messageContentSchema, display_name: textSchema({ max: 200 }) }),
    meta: z.strictObject({ conversation_id: idSchema, sender_id: idSchema, timestamp: anyMomentSchema }),
  }),
]);
export type ReferenceFrame = z.infer<typeof referenceFrameSchema>;
