import { z } from "zod";
import { GUEST_TTL_HOURS_MAX } from "./limits.ts";

/** What administrators decide in the browser. The environment's values hold until somebody has. */
export const workspaceSettingsSchema = z.object({
  /** Who may make an account: anybody, whoever has an invite, nobody. */
  registration: z.enum(["open", "invite", "closed"]),
  guests: z.boolean(),
  guest_ttl_hours: z.number().positive().max(GUEST_TTL_HOURS_MAX),
  /** Who may create groups besides administrators. */
  group_creation: z.enum(["admins", "users"]),
});
export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>;
export const updateWorkspaceBodySchema = z
  .strictObject(workspaceSettingsSchema.partial().shape)
  .refine((body) => Object.keys(body).length > 0, "must change something");
export type UpdateWorkspaceBody = z.infer<typeof updateWorkspaceBodySchema>;

/** What a page needs to know before anyone is signed in. */
export const workspaceSchema = workspaceSettingsSchema.extend({
  /** No administrator exists yet: the set-up link from the server's log is the way in. */
  setup_needed: z.boolean(),
  /** Where the socket is, when not on the page's own origin at /ws. */
  ws_url: z.string().nullable(),
  version: z.string(),
});
export type Workspace = z.infer<typeof workspaceSchema>;

/** A one-time message for the next page, left by a form post that was answered with a redirect. */
export const flashSchema = z.object({
  kind: z.enum(["success", "error"]),
  message: z.string(),
  /** What was typed, passwords excepted, so that the form can be shown filled in. */
  values: z.record(z.string(), z.string()).optional(),
});
export type Flash = z.infer<typeof flashSchema>;
