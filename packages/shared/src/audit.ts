import { z } from "zod";
import { idSchema } from "./ids.ts";
import { AUDIT_PAGE_MAX } from "./limits.ts";
import { nextSchema, pageQueryShape } from "./pages.ts";
import { momentSchema, textSchema } from "./text.ts";
import { personSchema } from "./users.ts";

/** Everything that is noted, each with how a person would say it. */
export const AUDIT_ACTIONS = {
  "account.claimed": "Made a guest’s visit an account",
  "account.created": "Created an account",
  "account.deactivated": "Deactivated an account",
  "account.deleted": "Deleted an account",
  "account.email_changed": "Changed an e-mail address",
  "account.expired": "Ended a guest’s visit",
  "account.reactivated": "Reactivated an account",
  "account.renamed": "Changed a name",
  "account.role_changed": "Changed a role",
  "conversation.visited": "Read a conversation from outside",
  "group.archived": "Archived a group",
  "group.created": "Created a group",
  "group.deleted": "Deleted a group",
  "group.restored": "Restored a group",
  "group.transferred": "Handed a group over",
  "group.updated": "Changed a group",
  "invite.created": "Made a link",
  "invite.revoked": "Revoked a link",
  "member.added": "Added a member",
  "member.left": "Left a group",
  "member.removed": "Removed a member",
  "member.role_changed": "Changed a member’s role",
  "password.changed": "Changed a password",
  "password.reset": "Set a new password by link",
  "password_reset.created": "Made a password link",
  "session.ended": "Ended sessions",
  "session.token_reused": "A stolen token was used",
  "workspace.set_up": "Made the first administrator",
  "workspace.updated": "Changed the workspace’s settings",
} as const;
export type AuditAction = keyof typeof AUDIT_ACTIONS;
export const auditActionSchema = z.enum(Object.keys(AUDIT_ACTIONS) as [AuditAction, ...AuditAction[]]);

export const auditEventSchema = z.object({
  id: idSchema,
  at: momentSchema,
  action: auditActionSchema,
  /** Who did it; null when the server did, or the account is no more. */
  actor: personSchema.nullable(),
  /** Whom it concerns. */
  user: personSchema.nullable(),
  conversation: z.object({ id: idSchema, name: z.string().nullable() }).nullable(),
  address: z.string().nullable(),
  details: z.record(z.string(), z.unknown()).nullable(),
});
export type AuditEvent = z.infer<typeof auditEventSchema>;

const filterShape = {
  action: auditActionSchema.optional(),
  /** Part of the name of whoever did it or whom it concerns. */
  query: textSchema({ max: 80 }).optional(),
  conversation_id: idSchema.optional(),
  from: momentSchema.optional(),
  until: momentSchema.optional(),
};
export const exportAuditQuerySchema = z.strictObject(filterShape);
export type AuditFilter = z.infer<typeof exportAuditQuerySchema>;
export const listAuditQuerySchema = z.strictObject({
  ...filterShape,
  ...pageQueryShape(AUDIT_PAGE_MAX),
});
export type ListAuditQuery = z.infer<typeof listAuditQuerySchema>;
/** The newest first. */
export const listAuditAnswerSchema = z.object({ events: z.array(auditEventSchema), next: nextSchema });
export type ListAuditAnswer = z.infer<typeof listAuditAnswerSchema>;
