import { z } from "zod";
import { idSchema } from "./ids.ts";
import { createMessageBodySchema, moveReadMarkerBodySchema } from "./messages.ts";

/** What a client may say on the socket: imperative `noun.verb`, one JSON object a frame. */
export const commandSchema = z.discriminatedUnion("type", [
  createMessageBodySchema.extend({ type: z.literal("message.create"), conversation_id: idSchema }),
  moveReadMarkerBodySchema.extend({ type: z.literal("read_marker.move"), conversation_id: idSchema }),
  z.strictObject({ type: z.literal("typing.start"), conversation_id: idSchema }),
  z.strictObject({ type: z.literal("typing.stop"), conversation_id: idSchema }),
  /** Answered by `pong` with the same number: the heartbeat, and the measure of the round trip. */
  z.strictObject({ type: z.literal("ping"), n: z.number().int().min(0) }),
]);
export type Command = z.infer<typeof commandSchema>;
