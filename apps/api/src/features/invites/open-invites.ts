import { inviteTokenSchema, type OpenedInvite } from "@confab/shared/invites";
import { z } from "zod";
import { ask, type Sql, sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { readWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { GroupDeps } from "../groups/group-members.service.ts";
import { IS_ACTIVE } from "../users/users.service.ts";
import { readInviteToken } from "./invite-tokens.ts";

/** `tokenSecret` is the server's key, which secrets are made by. */
export type InviteDeps = GroupDeps & { readonly tokenSecret: string };

/** An invite `i` with whoever made it, `u`, the conversation it leads into, `c`, and its maker's membership there, `m`. */
export const INVITE_TABLES: Sql = sql`invites i
  JOIN users u ON u.id = i.created_by
  LEFT JOIN conversations c ON c.id = i.conversation_id
  LEFT JOIN conversation_members m ON m.conversation_id = c.id AND m.user_id = u.id`;

/**
 * Whether somebody can come through an invite, by the database's clock as it is, not as it was when the transaction began.
 * It lives as long as the right to make it: its maker's account works, and is an administrator's or an owner's of the group.
 */
export const IS_OPEN: Sql = sql`i.revoked_at IS NULL
  AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())
  AND (i.uses_max IS NULL OR i.use_count < i.uses_max)
  AND c.archived_at IS NULL
  AND ${IS_ACTIVE} AND (u.role = 'admin' OR m.role IS NOT DISTINCT FROM 'owner')`;

export interface OpenInvite {
  readonly id: string;
  readonly conversation_id: string | null;
  readonly label: string;
  readonly invited_by: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly member_count: number | null;
}

/** The id in a link's secret. Throws invite_not_found. */
export function getInviteId(deps: Pick<InviteDeps, "tokenSecret">, token: string): string {
  const id = readInviteToken(deps.tokenSecret, token);
  if (id === null) throw new AppError("invite_not_found");
  return id;
}

const inviteBodySchema = z.object({ invite: inviteTokenSchema });

/** Whether a body holds the secret of a link that was made here. It may be closed by now; nobody guesses one. */
export function holdsOurInvite(deps: Pick<InviteDeps, "tokenSecret">, body: unknown): boolean {
  const { data } = inviteBodySchema.safeParse(body);
  return data !== undefined && readInviteToken(deps.tokenSecret, data.invite) !== null;
}

/** An invite through which somebody can come. Throws invite_not_found, whatever the reason that nobody can. */
export async function getOpenInvite(deps: InviteDeps, token: string): Promise<OpenInvite> {
  const [found] = await selectOpen(deps.db, getInviteId(deps, token), sql``);
  if (!found) throw new AppError("invite_not_found");
  return found;
}

/** The same, and nobody else uses or revokes it until the transaction ends. Throws invite_not_found. */
export async function lockOpenInvite(tx: Tx, id: string): Promise<OpenInvite> {
  const [found] = await selectOpen(tx, id, sql`FOR NO KEY UPDATE OF i`);
  if (!found) throw new AppError("invite_not_found");
  return found;
}

function selectOpen(tx: Tx, id: string, lock: Sql): Promise<OpenInvite[]> {
  return ask<OpenInvite>(
    tx,
    sql`
    SELECT i.id, i.conversation_id, i.label, u.username AS invited_by, c.name, c.description, c.member_count
      FROM ${INVITE_TABLES} WHERE i.id = ${id}::uuid AND ${IS_OPEN} ${lock}`,
  );
}

/** What whoever holds a link is told before they come in. Throws invite_not_found. */
export async function openInvite(deps: InviteDeps, token: string): Promise<OpenedInvite> {
  const { conversation_id, name, description, member_count, invited_by } = await getOpenInvite(deps, token);
  const settings = await readWorkspaceSettings(deps.db, deps.config);
  const conversation =
    conversation_id === null
      ? null
      : { id: conversation_id, name: name ?? "", description, member_count: member_count ?? 0 };
  return {
    conversation,
    invited_by,
    guests: conversation !== null && settings.guests,
    guest_ttl_hours: settings.guest_ttl_hours,
    registration: settings.registration !== "closed",
  };
}
