import { z } from "zod";
import { idSchema } from "./ids.ts";
import {
  INVITE_HOURS_MAX,
  INVITE_LABEL_MAX,
  INVITE_USES_MAX,
  INVITE_USES_PAGE_MAX,
  INVITES_PAGE_MAX,
} from "./limits.ts";
import { nextSchema, pageQueryShape } from "./pages.ts";
import { lineSchema, momentSchema, textSchema } from "./text.ts";
import { personSchema } from "./users.ts";

/** The secret of an invite: what stands behind the # of its link. */
export const inviteTokenSchema = textSchema({ min: 1, max: 100 });

/** A link into one conversation, or (`conversation_id` null) to an account of one's own. */
export const inviteSchema = z.object({
  id: idSchema,
  conversation_id: idSchema.nullable(),
  label: z.string(),
  /** Belongs behind the # of /join. */
  token: z.string(),
  created_by: personSchema,
  created_at: momentSchema,
  expires_at: momentSchema.nullable(),
  uses_max: z.number().int().positive().nullable(),
  use_count: z.number().int().min(0),
  revoked_at: momentSchema.nullable(),
  /** Whether somebody can come through it now: neither revoked, nor expired, nor used up. */
  is_open: z.boolean(),
});
export type Invite = z.infer<typeof inviteSchema>;

export const createInviteBodySchema = z.strictObject({
  label: lineSchema({ max: INVITE_LABEL_MAX }).optional(),
  expires_in_hours: z.number().positive().max(INVITE_HOURS_MAX).optional(),
  uses_max: z.number().int().min(1).max(INVITE_USES_MAX).optional(),
});
export type CreateInviteBody = z.infer<typeof createInviteBodySchema>;

export const listInvitesQuerySchema = z.strictObject(pageQueryShape(INVITES_PAGE_MAX));
/** The newest first. */
export const listInvitesAnswerSchema = z.object({ invites: z.array(inviteSchema), next: nextSchema });
export type ListInvitesAnswer = z.infer<typeof listInvitesAnswerSchema>;
export const inviteAnswerSchema = z.object({ invite: inviteSchema });

export const inviteUseSchema = z.object({ user: personSchema, used_at: momentSchema });
export type InviteUse = z.infer<typeof inviteUseSchema>;
export const listInviteUsesQuerySchema = z.strictObject(pageQueryShape(INVITE_USES_PAGE_MAX));
/** The newest first. */
export const listInviteUsesAnswerSchema = z.object({ uses: z.array(inviteUseSchema), next: nextSchema });
export type ListInviteUsesAnswer = z.infer<typeof listInviteUsesAnswerSchema>;

export const inviteTokenBodySchema = z.strictObject({ token: inviteTokenSchema });

/** What whoever holds a link is told before they come in. */
export const openedInviteSchema = z.object({
  /** The conversation it leads into; null when it leads to an account. */
  conversation: z
    .object({ id: idSchema, name: z.string(), description: z.string().nullable(), member_count: z.number().int() })
    .nullable(),
  invited_by: z.string(),
  /** Whether one can come in by a name alone. */
  guests: z.boolean(),
  guest_ttl_hours: z.number(),
  /** Whether one can make an account. */
  registration: z.boolean(),
});
export type OpenedInvite = z.infer<typeof openedInviteSchema>;
export const openInviteAnswerSchema = z.object({ invite: openedInviteSchema });
