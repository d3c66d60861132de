import { newId } from "@confab/shared/ids";
import type { CreateInviteBody, Invite, ListInvitesAnswer, ListInviteUsesAnswer } from "@confab/shared/invites";
import { INVITE_USES_PAGE_MAX, INVITES_PAGE_MAX } from "@confab/shared/limits";
import type { PageQuery } from "@confab/shared/pages";
import { recordAudit } from "../../core/audit.ts";
import { type Sql, sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { cutPage, isBehind, readPlace } from "../../core/places.ts";
import type { Principal } from "../../plugins/session.ts";
import type { GroupRow } from "../groups/group-change.ts";
import { getManagedGroup, lockManagedGroup } from "../groups/groups.access.ts";
import type { PersonRow } from "../users/users.present.ts";
import { type InviteRow, presentInvite, presentInviteUse } from "./invites.present.ts";
import { INVITE_TABLES, type InviteDeps, IS_OPEN } from "./open-invites.ts";

/** Where an invite leads: into this conversation, or (null) to an account. */
type Target = string | null;

/**
 * A page of the invites to a target, the newest first. Throws role_insufficient for an account and anyone but an
 * administrator, request_invalid for an `after` that is no page's `next`, and what getManagedGroup throws.
 */
export function listInvites(
  deps: InviteDeps,
  principal: Principal,
  target: Target,
  { after, limit = INVITES_PAGE_MAX }: PageQuery,
): Promise<ListInvitesAnswer> {
  const isWanted = sql`${leadsTo(target)} AND ${isBehind(sql`i.created_at, i.id`, readPlace(after))}`;
  return deps.db.$transaction(async (tx) => {
    await getTarget(tx, principal, target, getManagedGroup);
    const rows = await selectInvites(tx, isWanted, limit + 1);
    const { shown, next } = cutPage(rows, limit, ({ created_at, id }) => ({ at: created_at, id }));
    return { invites: shown.map((row) => presentInvite(row, deps.tokenSecret)), next };
  });
}

/** Makes an invite; without limits, anybody can come by it until it is revoked. Throws conversation_archived and what listInvites throws. */
export function createInvite(
  deps: InviteDeps,
  principal: Principal,
  target: Target,
  { label = "", expires_in_hours, uses_max }: CreateInviteBody,
): Promise<Invite> {
  const id = newId();
  return deps.db.$transaction(async (tx) => {
    const group = await getTarget(tx, principal, target, lockManagedGroup);
    if (group !== null && group.archived_at !== null) throw new AppError("conversation_archived");
    await tx.$executeRaw(sql`
      INSERT INTO invites (id, conversation_id, label, created_by, uses_max, expires_at)
      VALUES (${id}::uuid, ${target}::uuid, ${label}, ${principal.user_id}::uuid, ${uses_max ?? null},
              now() + make_interval(secs => ${expires_in_hours ?? null}::float8 * 3600))`);
    await recordInvite(tx, "invite.created", principal, target, { invite_id: id, label });
    return presentInvite(await getInvite(tx, target, id), deps.tokenSecret);
  });
}

/** From now on nobody comes through it any more. Throws invite_not_found and what listInvites throws. */
export async function revokeInvite(
  deps: InviteDeps,
  principal: Principal,
  target: Target,
  inviteId: string,
): Promise<void> {
  await deps.db.$transaction(async (tx) => {
    await getTarget(tx, principal, target, lockManagedGroup);
    const { label } = await getInvite(tx, target, inviteId);
    const isNew = await tx.$executeRaw(sql`
      UPDATE invites SET revoked_at = clock_timestamp() WHERE id = ${inviteId}::uuid AND revoked_at IS NULL`);
    if (isNew) await recordInvite(tx, "invite.revoked", principal, target, { invite_id: inviteId, label });
  });
}

/** A page of who came through an invite, the newest first; also who is gone again. Throws invite_not_found and what listInvites throws. */
export function listInviteUses(
  deps: InviteDeps,
  principal: Principal,
  target: Target,
  inviteId: string,
  { after, limit = INVITE_USES_PAGE_MAX }: PageQuery,
): Promise<ListInviteUsesAnswer> {
  const place = readPlace(after);
  return deps.db.$transaction(async (tx) => {
    await getTarget(tx, principal, target, getManagedGroup);
    await getInvite(tx, target, inviteId);
    const rows = await tx.$queryRaw<(PersonRow & { used_at: Date })[]>(sql`
      SELECT u.id, u.username, u.role, iu.used_at FROM invite_uses iu JOIN users u ON u.id = iu.user_id
       WHERE iu.invite_id = ${inviteId}::uuid AND ${isBehind(sql`iu.used_at, u.id`, place)}
       ORDER BY iu.used_at DESC, u.id DESC LIMIT ${limit + 1}`);
    const { shown, next } = cutPage(rows, limit, ({ used_at, id }) => ({ at: used_at, id }));
    return { uses: shown.map(presentInviteUse), next };
  });
}

/**
 * The group that the caller may make links into; null for links to an account, which administrators make. Whoever only reads
 * does not lock it: everything that is written into it would wait.
 */
async function getTarget(
  tx: Tx,
  principal: Principal,
  target: Target,
  get: typeof getManagedGroup,
): Promise<GroupRow | null> {
  if (target !== null) return get(tx, principal, target);
  if (principal.role !== "admin") throw new AppError("role_insufficient");
  return null;
}

function leadsTo(target: Target): Sql {
  return target === null ? sql`i.conversation_id IS NULL` : sql`i.conversation_id = ${target}::uuid`;
}

function selectInvites(tx: Tx, condition: Sql, limit = 1): Promise<InviteRow[]> {
  return tx.$queryRaw<InviteRow[]>(sql`
    SELECT i.id, i.conversation_id, i.label, u.id AS maker_id, u.username AS maker_username, u.role AS maker_role,
           i.created_at, i.expires_at, i.uses_max, i.use_count, i.revoked_at, ${IS_OPEN} AS is_open
      FROM ${INVITE_TABLES} WHERE ${condition} ORDER BY i.created_at DESC, i.id DESC LIMIT ${limit}`);
}

/** One of a target's invites. Throws invite_not_found, also for another target's. */
async function getInvite(tx: Tx, target: Target, id: string): Promise<InviteRow> {
  const [found] = await selectInvites(tx, sql`i.id = ${id}::uuid AND ${leadsTo(target)}`);
  if (!found) throw new AppError("invite_not_found");
  return found;
}

function recordInvite(
  tx: Tx,
  action: "invite.created" | "invite.revoked",
  principal: Principal,
  target: Target,
  details: { invite_id: string; label: string },
): Promise<void> {
  const { user_id: actor_id, address } = principal;
  return recordAudit(tx, { action, actor_id, conversation_id: target, address, details });
}
