import { z } from "zod";
import { conversationSchema, createGroupBodySchema, memberRoleSchema, memberSchema } from "./conversations.ts";
import { idSchema } from "./ids.ts";
import { CONVERSATION_NAME_MAX, GROUP_MEMBERS_MAX, GROUPS_PAGE_MAX } from "./limits.ts";
import { nextSchema, pageQueryShape } from "./pages.ts";
import { momentSchema, textSchema } from "./text.ts";
import { personSchema } from "./users.ts";

export const listGroupsQuerySchema = z.strictObject({
  /** Part of a name. */
  query: textSchema({ max: CONVERSATION_NAME_MAX }).optional(),
  state: z.enum(["active", "archived"]).optional(),
  ...pageQueryShape(GROUPS_PAGE_MAX),
});
export type ListGroupsQuery = z.infer<typeof listGroupsQuerySchema>;
export const listGroupsAnswerSchema = z.object({ groups: z.array(conversationSchema), next: nextSchema });
export type ListGroupsAnswer = z.infer<typeof listGroupsAnswerSchema>;

/** An empty description takes it away. */
export const updateGroupBodySchema = z
  .strictObject({
    name: createGroupBodySchema.shape.name.optional(),
    description: createGroupBodySchema.shape.description,
  })
  .refine((body) => Object.keys(body).length > 0, "must change something");
export type UpdateGroupBody = z.infer<typeof updateGroupBodySchema>;

/** The group's own name, typed, confirms it. */
export const deleteGroupBodySchema = z.strictObject({ name: textSchema({ min: 1, max: CONVERSATION_NAME_MAX * 2 }) });
export type DeleteGroupBody = z.infer<typeof deleteGroupBodySchema>;

export const addMembersBodySchema = z.strictObject({ user_ids: z.array(idSchema).min(1).max(GROUP_MEMBERS_MAX) });
export type AddMembersBody = z.infer<typeof addMembersBodySchema>;
/** Those who came in by it; who was there already is not among them. */
export const addMembersAnswerSchema = z.object({ members: z.array(memberSchema) });

export const changeMemberRoleBodySchema = z.strictObject({ role: memberRoleSchema });
export type ChangeMemberRoleBody = z.infer<typeof changeMemberRoleBodySchema>;
export const memberAnswerSchema = z.object({ member: memberSchema });

export const transferGroupBodySchema = z.strictObject({ user_id: idSchema });
export type TransferGroupBody = z.infer<typeof transferGroupBodySchema>;

/** The owner who answers for the group names who does so from then on. */
export const leaveGroupBodySchema = z.strictObject({ successor_id: idSchema.optional() });
export type LeaveGroupBody = z.infer<typeof leaveGroupBodySchema>;

/** An administrator who read in a conversation without being in it. */
export const visitSchema = z.object({ user: personSchema.nullable(), at: momentSchema });
export type Visit = z.infer<typeof visitSchema>;
/** The newest first, at most 50. */
export const listVisitsAnswerSchema = z.object({ visits: z.array(visitSchema) });
