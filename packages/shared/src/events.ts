import { z } from "zod";
import { conversationSchema, memberSchema } from "./conversations.ts";
import { errorCodeSchema, fieldProblemSchema } from "./errors.ts";
import { idSchema } from "./ids.ts";
import { messageSchema, readMarkerSchema } from "./messages.ts";
import { momentSchema } from "./text.ts";
import { meSchema, personSchema } from "./users.ts";

const revisionSchema = z.number().int().min(0);

/** A change of the conversation itself carries the numbers that let a client notice a missed one. */
const changeSchema = z.object({ conversation_id: idSchema, revision: revisionSchema });
const memberChangeSchema = changeSchema.extend({ member_version: revisionSchema, member_count: revisionSchema });

/**
 * What the server says on the socket: past tense `noun.verbed`, one JSON object a frame.
 * Changes of a conversation carry its `revision` (messages carry their own), which is contiguous: a client that
 * sees a number skipped asks for the changes after the last one it knows.
 */
export const eventSchema = z.discriminatedUnion("type", [
  /**
   * First frame of every connection: the state as of now; what happens later follows as events, first of all who is online,
   * which is nobody until it is said.
   */
  z.object({
    type: z.literal("ready"),
    connection_id: idSchema,
    server_time: momentSchema,
    me: meSchema,
    conversations: z.array(conversationSchema),
  }),
  /** To the sender's connection only: the message is on disk. `seq` and the rest are in `message`. */
  z.object({ type: z.literal("message.acked"), message: messageSchema }),
  z.object({ type: z.literal("message.created"), message: messageSchema }),
  z.object({ type: z.literal("message.updated"), message: messageSchema }),
  /** To the person concerned: a conversation they are in now, or their rights in it, as they see it. */
  z.object({ type: z.literal("conversation.joined"), conversation: conversationSchema }),
  /**
   * To whoever is in it no more, as of this version of who is: what a client knows of a later one is not undone by it.
   * Null when the conversation itself is gone.
   */
  z.object({
    type: z.literal("conversation.left"),
    conversation_id: idSchema,
    member_version: revisionSchema.nullable(),
  }),
  changeSchema.extend({
    type: z.literal("conversation.updated"),
    name: z.string().nullable(),
    description: z.string().nullable(),
    owner_id: idSchema.nullable(),
    archived_at: momentSchema.nullable(),
    updated_at: momentSchema,
  }),
  memberChangeSchema.extend({ type: z.literal("member.added"), member: memberSchema }),
  memberChangeSchema.extend({ type: z.literal("member.removed"), user_id: idSchema }),
  memberChangeSchema.extend({ type: z.literal("member.updated"), member: memberSchema }),
  /** To everyone who shares a conversation with somebody: their name or role is another now. */
  z.object({ type: z.literal("user.updated"), user: personSchema }),
  /** To all connections of the person whose marker it is. */
  readMarkerSchema.extend({ type: z.literal("read_marker.moved") }),
  z.object({ type: z.literal("typing.started"), conversation_id: idSchema, user: personSchema }),
  z.object({ type: z.literal("typing.stopped"), conversation_id: idSchema, user_id: idSchema }),
  /** Those who are online now and those who are not any more, of the people one shares a conversation with. */
  z.object({ type: z.literal("presence.changed"), online: z.array(idSchema), offline: z.array(idSchema) }),
  z.object({ type: z.literal("pong"), n: z.number().int() }),
  /** The server ends, and this connection with it: come back after that long, by whatever way leads to another one. */
  z.object({ type: z.literal("reconnect"), after_ms: z.number().int().min(0) }),
  /** The answer to a frame that could not be obeyed. `id` is the message's, when it was one. */
  z.object({
    type: z.literal("error"),
    id: idSchema.nullable(),
    code: errorCodeSchema,
    message: z.string(),
    errors: z.array(fieldProblemSchema).optional(),
    /** Seconds after which the same may be sent again with a chance of success. */
    retry_after: z.number().int().positive().optional(),
  }),
]);
export type Event = z.infer<typeof eventSchema>;
export type EventType = Event["type"];
export type EventOf<Type extends EventType> = Extract<Event, { type: Type }>;

/** Why the server closed a socket, beyond the codes of RFC 6455. */
export const CLOSE_CODES = {
  /** Too many malformed frames. */
  frames_malformed: 4400,
  /** The session ended: sign in again, do not reconnect. */
  session_ended: 4401,
  /** Who the person is has changed (name, role): reconnect at once to be told. */
  account_changed: 4403,
  /** The connection did not drain: reconnect and catch up. */
  too_slow: 4408,
  /** Too many frames. */
  too_many_frames: 4429,
  /** The server is restarting: reconnect when the `reconnect` before it says, or after a moment (RFC 6455 registry, "Service Restart"). */
  restarting: 1012,
  /** The server cannot serve this connection now: reconnect after a moment ("Try Again Later"). */
  unavailable: 1013,
} as const;
export type CloseReason = keyof typeof CLOSE_CODES;
