import type { Conversation } from "@confab/shared/conversations";
import type { ListGroupsAnswer, ListGroupsQuery, UpdateGroupBody } from "@confab/shared/groups";
import { idSchema } from "@confab/shared/ids";
import { GROUPS_PAGE_MAX } from "@confab/shared/limits";
import { announce } from "../../core/announce.ts";
import { recordAudit } from "../../core/audit.ts";
import { type Sql, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { invalidField } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { getConversation, viewConversations } from "../conversations/conversations.access.ts";
import { announceConversation } from "../conversations/conversations.service.ts";
import { nameContains } from "../users/users.service.ts";
import { announceGroupChange, GroupChange, type GroupFacts } from "./group-change.ts";
import type { GroupDeps } from "./group-members.service.ts";
import { lockKeptGroup, lockManagedGroup, refuseEveryone } from "./groups.access.ts";
import { getMember, getNewOwner, handOver, setRole } from "./ownership.ts";

/** A page of all groups by name, as the caller sees them; those in use unless the archived ones are asked for. */
export async function listGroups(deps: Deps, principal: Principal, query: ListGroupsQuery): Promise<ListGroupsAnswer> {
  const limit = query.limit ?? GROUPS_PAGE_MAX;
  const condition = sql`c.kind = 'group' AND (c.archived_at IS NOT NULL) = ${query.state === "archived"}::boolean
    AND lower(normalize(c.name, NFKC)) LIKE ${nameContains(query.query ?? "")} AND ${isAfter(query.after)}`;
  const found = await viewConversations(deps.db, principal, condition, sql`lower(c.name), c.id`, limit + 1);
  const groups = found.slice(0, limit);
  const last = groups.at(-1);
  return { groups, next: found.length > limit && last ? `${last.id} ${last.name}` : null };
}

/** Behind the group a page ended with. Throws request_invalid naming `after` for what never was a page's `next`. */
function isAfter(after: string | undefined): Sql {
  if (after === undefined) return sql`true`;
  const [id, name] = [after.slice(0, 36), after.slice(37)];
  if (!idSchema.safeParse(id).success) throw invalidField("after", "is not the `next` of a page");
  return sql`(lower(c.name), c.id) > (lower(${name}), ${id}::uuid)`;
}

/** Renames and describes a group. Throws what lockManagedGroup throws. */
export async function updateGroup(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  body: UpdateGroupBody,
): Promise<Conversation> {
  const change = await deps.db.$transaction(async (tx) => {
    const group = await lockManagedGroup(tx, principal, groupId);
    const before = { name: group.name, description: group.description };
    const after = {
      name: body.name ?? group.name,
      description: body.description === undefined ? group.description : body.description || null,
    };
    const changed = (["name", "description"] as const).filter((field) => before[field] !== after[field]);
    if (changed.length === 0) return null;
    const details = Object.fromEntries(changed.map((field) => [field, { from: before[field], to: after[field] }]));
    await note(tx, "group.updated", principal, groupId, details);
    return saveFacts(tx, new GroupChange(group), after);
  });
  if (change) await announce(deps.log, () => announceGroupChange(deps, change));
  return getConversation(deps.db, principal, groupId);
}

/** Closes a group for writing, or opens it again. Throws group_of_everyone, and what lockManagedGroup throws. */
export async function setArchived(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  isArchived: boolean,
): Promise<Conversation> {
  const change = await deps.db.$transaction(async (tx) => {
    const group = await lockManagedGroup(tx, principal, groupId);
    refuseEveryone(group);
    if ((group.archived_at !== null) === isArchived) return null;
    await note(tx, isArchived ? "group.archived" : "group.restored", principal, groupId, { name: group.name });
    return saveFacts(tx, new GroupChange(group), { archived_at: isArchived ? group.now : null });
  });
  if (change)
    await announce(deps.log, async () => {
      await announceGroupChange(deps, change);
      await announceConversation(deps, groupId, await deps.audiences.of(groupId, change.memberVersion));
    });
  return getConversation(deps.db, principal, groupId);
}

/**
 * Makes a member the owner who answers for the group; who did so before is an ordinary member from then on. Throws
 * member_not_found, guest_cannot_own, account_deactivated, and what lockKeptGroup throws.
 */
export async function transferGroup(
  deps: GroupDeps,
  principal: Principal,
  groupId: string,
  userId: string,
): Promise<Conversation> {
  const change = await deps.db.$transaction(async (tx) => {
    const group = await lockKeptGroup(tx, principal, groupId);
    const successor = await getNewOwner(tx, groupId, userId);
    if (group.owner_id === userId) return null;
    const changed = new GroupChange(group);
    if (group.owner_id !== null) await setRole(tx, changed, await getMember(tx, groupId, group.owner_id), "member");
    await handOver(tx, group, changed, successor, principal);
    await changed.save(tx);
    return changed;
  });
  if (change) await announce(deps.log, () => announceGroupChange(deps, change));
  return getConversation(deps.db, principal, groupId);
}

async function saveFacts(tx: Tx, change: GroupChange, facts: Partial<GroupFacts>): Promise<GroupChange> {
  change.update(facts);
  await change.save(tx);
  return change;
}

function note(
  tx: Tx,
  action: "group.updated" | "group.archived" | "group.restored",
  principal: Principal,
  groupId: string,
  details: Record<string, unknown>,
): Promise<void> {
  const { user_id: actor_id, address } = principal;
  return recordAudit(tx, { action, actor_id, conversation_id: groupId, address, details });
}
