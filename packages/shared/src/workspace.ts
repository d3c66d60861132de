import { z } from "zod";

/** What a page needs to know before anyone is signed in. */
export const workspaceSchema = z.object({
  registration: z.enum(["open", "closed"]),
  guests: z.boolean(),
  guest_ttl_hours: z.number(),
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
