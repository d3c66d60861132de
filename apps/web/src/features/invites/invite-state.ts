import type { Invite } from "@confab/shared/invites";
import { paths } from "../../lib/paths.ts";
import { formatDistance } from "../../lib/time.ts";
import { countOf } from "../../lib/titles.ts";

/** What to send to somebody so that they come in. */
export function linkOf(invite: Pick<Invite, "token">): string {
  return `${window.location.origin}${paths.join(invite.token)}`;
}

export type InviteEnd = "Revoked" | "Expired" | "Used up" | "Closed";

/** Why nobody can come through a link now; null while somebody can. A closed one may be open again one day. */
export function endOf(invite: Invite, now: Date = new Date()): InviteEnd | null {
  if (invite.revoked_at !== null) return "Revoked";
  if (invite.expires_at !== null && new Date(invite.expires_at) <= now) return "Expired";
  if (invite.uses_max !== null && invite.use_count >= invite.uses_max) return "Used up";
  // Its group is archived, or its maker may not let people in any more.
  return invite.is_open ? null : "Closed";
}

/** "2 of 5 uses", "Used 3 times", "Not used yet". */
export function usesOf({ use_count, uses_max }: Pick<Invite, "use_count" | "uses_max">): string {
  if (uses_max !== null) return `${use_count.toLocaleString("en")} of ${countOf(uses_max, "use")}`;
  return use_count === 0
    ? "Not used yet"
    : `Used ${use_count === 1 ? "once" : `${use_count.toLocaleString("en")} times`}`;
}

/** "expires in 3 days", "never expires"; nothing for a link that is over. */
export function expiryOf(invite: Invite, now: Date = new Date()): string | null {
  if (endOf(invite, now) !== null) return null;
  return invite.expires_at === null ? "never expires" : `expires ${formatDistance(invite.expires_at, now)}`;
}
