import { z } from "zod";
import { idSchema } from "./ids.ts";
import { CHANGES_PAGE_MAX, MESSAGE_MAX, MESSAGES_PAGE_MAX } from "./limits.ts";
import { momentSchema, textSchema } from "./text.ts";
import { personSchema } from "./users.ts";

/**
 * A message as everyone in the conversation has it. `id` is the sender's, `seq` its place (1..N without gaps),
 * `revision` the conversation's revision at its last change. A deleted message keeps its place, without content.
 */
export const messageSchema = z.object({
  id: idSchema,
  conversation_id: idSchema,
  seq: z.number().int().positive(),
  revision: z.number().int().positive(),
  sender: personSchema,
  content: z.string(),
  sent_from_client: momentSchema,
  sent_from_server: momentSchema,
  edited_at: momentSchema.nullable(),
  deleted_at: momentSchema.nullable(),
});
export type Message = z.infer<typeof messageSchema>;

export const messageContentSchema = textSchema({ min: 1, max: MESSAGE_MAX }).refine(
  (content) => content.trim() !== "",
  "must not be blank",
);

/** Sending: the same fields over the socket and over HTTP. */
export const createMessageBodySchema = z.strictObject({
  id: idSchema,
  content: messageContentSchema,
  sent_from_client: momentSchema.optional(),
});
export type CreateMessageBody = z.infer<typeof createMessageBodySchema>;

export const messageAnswerSchema = z.object({ message: messageSchema });

const seqSchema = z.coerce.number().int().min(0).max(2_147_483_647);

/** Neither `before` nor `after`: the newest page. */
export const listMessagesQuerySchema = z
  .strictObject({
    before: seqSchema.optional(),
    after: seqSchema.optional(),
    limit: z.coerce.number().int().min(1).max(MESSAGES_PAGE_MAX).optional(),
  })
  .refine((query) => query.before === undefined || query.after === undefined, {
    path: ["after"],
    message: "cannot be combined with before",
  });
export type ListMessagesQuery = z.infer<typeof listMessagesQuerySchema>;

/** Oldest first. `reaches_*` say whether anything lies beyond either end of the page. */
export const messagesPageSchema = z.object({
  messages: z.array(messageSchema),
  reaches_oldest: z.boolean(),
  reaches_newest: z.boolean(),
});
export type MessagesPage = z.infer<typeof messagesPageSchema>;

export const listChangesQuerySchema = z.strictObject({
  after_revision: seqSchema,
  limit: z.coerce.number().int().min(1).max(CHANGES_PAGE_MAX).optional(),
});

export const moveReadMarkerBodySchema = z.strictObject({ seq: z.number().int().min(0).max(2_147_483_647) });
/** How far a person has read. `unread` counts what lies between `read_seq` and `last_seq`, the newest message then. */
export const readMarkerSchema = z.object({
  conversation_id: idSchema,
  read_seq: z.number().int().min(0),
  last_seq: z.number().int().min(0),
  unread: z.number().int().min(0),
});
export type ReadMarker = z.infer<typeof readMarkerSchema>;
