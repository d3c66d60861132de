import { type Command, commandSchema } from "@confab/shared/commands";
import type { Event } from "@confab/shared/events";
import { idSchema } from "@confab/shared/ids";
import { type ReferenceFrame, referenceFrameSchema } from "@confab/shared/reference";
import { z } from "zod";
import type { Connection } from "../../core/connection.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { isEnough, policyOf } from "../../core/policy.ts";
import { WaitingLines } from "../../core/waiting-lines.ts";
import { parseJson } from "../../plugins/bodies.ts";
import { logFailure, toAppError } from "../../plugins/error-handler.ts";
import { parseWith } from "../../plugins/schema-compiler.ts";
import type { Principal } from "../../plugins/session.ts";
import type { Audiences } from "../members/audiences.ts";
import type { MessageAnnouncer } from "../messages/message-announcer.ts";
import { createMessage, type SendDeps } from "../messages/messages.service.ts";
import { moveReadMarker } from "../read-markers/read-markers.service.ts";
import { obeyReferenceFrame } from "../reference/reference-frames.ts";

export type RealtimeDeps = Deps & SendDeps & { audiences: Audiences; announcer: MessageAnnouncer };

/** Messages are joined into batches as they come; what else asks the database is done one after another for each person. */
const AT_ONCE = new Set(["message.create", "ChatMessage", "ping"]);
const lines = new WaitingLines(100);

/** Frames that are no command at all, before the connection is taken for broken or hostile. */
export const MALFORMED_MAX = 20;

/** A text frame as a command, or the error frame that answers what is none. */
export function readFrame(bytes: Buffer): { command: Command | ReferenceFrame } | { refusal: Event } {
  let frame: unknown;
  try {
    frame = parseJson(bytes);
    const { type, message_type } = (frame ?? {}) as { type?: unknown; message_type?: unknown };
    const name = type ?? message_type;
    if (typeof name !== "string" || policyOf("WS", name) === undefined) throw new AppError("frame_malformed");
    return { command: type === undefined ? parseWith(referenceFrameSchema, frame) : parseWith(commandSchema, frame) };
  } catch (error) {
    return { refusal: presentErrorFrame(toAppError(error), messageIdIn(frame)) };
  }
}

const messageFrameSchema = z.object({ type: z.literal("message.create"), id: idSchema });

/** The message a refused frame was about: its sender waits for a word about that id. */
function messageIdIn(frame: unknown): string | null {
  return messageFrameSchema.safeParse(frame).data?.id ?? null;
}

/** Obeys one command, with the same services as the HTTP routes. Failures become error frames, never exceptions. */
export async function obey(
  deps: RealtimeDeps,
  principal: Principal,
  connection: Connection,
  command: Command | ReferenceFrame,
): Promise<void> {
  const type = "type" in command ? command.type : command.message_type;
  try {
    const policy = policyOf("WS", type);
    if (!policy || !isEnough(principal.role, policy)) throw new AppError("role_insufficient");
    const work = async () =>
      "type" in command
        ? act(deps, principal, connection, command)
        : obeyReferenceFrame(deps, principal, connection, command);
    await (AT_ONCE.has(type) ? work() : lines.inLine(principal.user_id, work));
  } catch (error) {
    const known = toAppError(error);
    logFailure(deps.log, error, known, { command: type });
    connection.send(
      presentErrorFrame(known, "type" in command && command.type === "message.create" ? command.id : null),
    );
  }
}

export function presentErrorFrame(error: AppError, id: string | null): Event {
  const { code, message, errors, retryAfter } = error;
  return {
    type: "error",
    id,
    code,
    message,
    ...(errors === undefined ? {} : { errors }),
    ...(retryAfter === null ? {} : { retry_after: retryAfter }),
  };
}

async function act(deps: RealtimeDeps, principal: Principal, connection: Connection, command: Command): Promise<void> {
  switch (command.type) {
    case "message.create": {
      const { message } = await createMessage(deps, principal, command.conversation_id, command);
      return connection.send({ type: "message.acked", message });
    }
    case "read_marker.move":
      await moveReadMarker(deps, principal, command.conversation_id, command.seq);
      return;
    case "typing.start":
    case "typing.stop":
      return relayTyping(deps, principal, command);
    case "ping":
      return connection.send({ type: "pong", n: command.n });
    default:
      command satisfies never;
  }
}

/** Typing is passed on and forgotten: never stored, first to be dropped. Only a member may be seen typing. */
async function relayTyping(
  deps: RealtimeDeps,
  principal: Principal,
  command: Extract<Command, { type: "typing.start" | "typing.stop" }>,
): Promise<void> {
  const { conversation_id } = command;
  const audience = await deps.audiences.roughly(conversation_id);
  if (!audience.has(principal.user_id)) throw new AppError("conversation_not_found");
  const user = { id: principal.user_id, username: principal.username, role: principal.role };
  const event: Event =
    command.type === "typing.start"
      ? { type: "typing.started", conversation_id, user }
      : { type: "typing.stopped", conversation_id, user_id: user.id };
  deps.hub.publishEphemeral(audience.without([user.id]), event);
}
