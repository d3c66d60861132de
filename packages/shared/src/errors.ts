import { z } from "zod";

/**
 * Everything that can go wrong, in one table: the stable code, its HTTP status, and a sentence for a person.
 * An error frame on the socket carries the same codes.
 */
export const ERRORS = {
  request_invalid: [400, "Something in the request is not as it should be."],
  json_malformed: [400, "The body is not valid JSON."],
  text_malformed: [400, "That is not valid UTF-8 text."],
  frame_malformed: [400, "That frame is not a command this server knows."],
  password_wrong: [401, "That username and password do not match."],
  sign_in_required: [401, "Sign in first."],
  origin_refused: [403, "The request came from another site."],
  role_insufficient: [403, "Your account is not allowed to do that."],
  sender_refused: [403, "A message can only be sent in one's own name."],
  owner_required: [403, "Only an owner of the group or an administrator can do that."],
  removed_from_group: [403, "You were taken out of this group. Ask to be added again, or for a new link."],
  registration_closed: [403, "Registration is closed here. Ask an administrator for an account."],
  guests_off: [403, "Guests cannot enter here. Ask an administrator for an account."],
  invite_required: [403, "An account here needs an invitation. Ask somebody for a link."],
  group_creation_restricted: [403, "Only administrators can create groups here."],
  password_reset_invalid: [403, "This link is no longer valid. Ask an administrator for a new one."],
  setup_link_invalid: [403, "This set-up link is no longer valid. Restart the server to get a new one."],
  not_found: [404, "There is nothing here, or you may not see it."],
  conversation_not_found: [404, "There is no such conversation, or you are not in it."],
  user_not_found: [404, "There is no such person, or you may not see them."],
  session_not_found: [404, "There is no such session of yours."],
  member_not_found: [404, "That person is not in the group."],
  invite_not_found: [404, "This link is no longer valid. Ask for a new one."],
  request_timeout: [408, "The request took too long to arrive."],
  username_taken: [409, "That name is already in use. Choose another."],
  email_taken: [409, "An account with that e-mail address exists already."],
  last_administrator: [409, "Somebody has to be administrator. Make somebody else one first."],
  account_deactivated: [409, "That account is deactivated. An administrator has to reactivate it first."],
  account_own: [409, "That is your own account. Change its password on your account page."],
  user_required: [409, "A guest has no password. Make the guest a user first."],
  guest_required: [409, "Only a guest can do that."],
  guest_cannot_own: [409, "A guest cannot be the owner of a group."],
  successor_required: [409, "Name somebody who takes the group over before you leave it."],
  group_required: [409, "That is possible in groups only."],
  group_of_everyone: [409, "Everyone is in this group: that cannot be changed."],
  conversation_archived: [409, "This group is archived. Restore it to write in it again."],
  message_id_reused: [409, "A different message with this id exists already in the conversation."],
  body_too_large: [413, "That is too large to send."],
  media_type_unsupported: [415, "Send the body as application/json."],
  too_many_requests: [429, "That was too often. Wait a moment and try again."],
  headers_too_large: [431, "The address and headers of the request are too long."],
  server_error: [500, "Something went wrong on the server. It has been logged."],
  server_busy: [503, "The server is busy. Try again in a moment."],
  storage_full: [503, "The server has no room left to store anything. Its administrator has to make some."],
  database_unavailable: [503, "The server cannot reach its database right now. Try again in a moment."],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof ERRORS;
export const errorCodeSchema = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

/** One thing wrong with the input: the path of the field, parts joined by "/" ("" is the whole body), and a sentence. */
export const fieldProblemSchema = z.object({ field: z.string(), message: z.string() });
export type FieldProblem = z.infer<typeof fieldProblemSchema>;

/** RFC 9457 problem details, with the stable `code` and the human `message` every client can rely on. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: errorCodeSchema,
  message: z.string(),
  request_id: z.string().optional(),
  errors: z.array(fieldProblemSchema).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export function statusOf(code: ErrorCode): number {
  return ERRORS[code][0];
}

export function sentenceOf(code: ErrorCode): string {
  return ERRORS[code][1];
}
