import type { ChangesAnswer, Conversation } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { CHANGES_BEHIND_MAX, CHANGES_PAGE_MAX } from "@confab/shared/limits";
import { announce } from "../../core/announce.ts";
import { addressOf } from "../../core/audience.ts";
import { recordAudit } from "../../core/audit.ts";
import { ask, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError, invalidField } from "../../core/errors.ts";
import { mayCreateGroup, readWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";
import { noteVisit } from "../members/visits.ts";
import { listChangedMessages } from "../messages/messages.pages.ts";
import { IS_ACTIVE } from "../users/users.service.ts";
import { getConversation, viewAsMembers } from "./conversations.access.ts";

/**
 * What changed in a conversation after a revision: a page of messages in order of revision, and the conversation as
 * it is; or, where that is too much, only that it is. Throws conversation_not_found.
 */
export async function listChanges(
  deps: Deps,
  principal: Principal,
  id: string,
  query: { after_revision: number; limit?: number | undefined },
): Promise<ChangesAnswer> {
  const conversation = await getConversation(deps.db, principal, id);
  if (conversation.role === null) await noteVisit(deps.db, principal, id);
  const { revision } = conversation;
  if (revision - query.after_revision > CHANGES_BEHIND_MAX) return { limited: true, conversation, revision };
  const limit = query.limit ?? CHANGES_PAGE_MAX;
  // Up to the conversation's own revision: what is committed between the two reads belongs to a later page, or the
  // numbers and the messages would tell of two different moments.
  const asked = { conversation_id: id, after_revision: query.after_revision, revision };
  const [messages = []] = await listChangedMessages(deps.db, [asked], limit);
  const last = messages.at(-1)?.revision ?? revision;
  const complete = messages.length < limit || last === revision;
  return { limited: false, conversation, messages, revision: complete ? revision : last, complete };
}

/**
 * The direct conversation of a pair: made the first time, the same one ever after. Throws user_not_found for
 * somebody who is not there (any more), request_invalid for oneself.
 */
export async function createDirect(
  deps: Deps,
  principal: Principal,
  otherId: string,
): Promise<{ conversation: Conversation; is_new: boolean }> {
  if (otherId === principal.user_id) throw invalidField("user_id", "must be somebody else");
  const pair = [principal.user_id, otherId].sort();
  const made = await deps.db.$transaction(async (tx) => {
    if ((await activeUserIds(tx, [otherId])).length === 0) throw new AppError("user_not_found");
    const [row] = await tx.$queryRaw<{ id: string }[]>(sql`
      INSERT INTO conversations (id, kind, direct_key, revision, member_version, member_count)
      VALUES (${newId()}::uuid, 'direct', ${pair.join(":")}, 1, 1, 2) ON CONFLICT (direct_key) DO NOTHING RETURNING id`);
    if (row) await insertMembers(tx, row.id, pair, null);
    return row;
  });
  const id = made?.id ?? (await findDirectId(deps.db, pair));
  if (made) await announce(deps.log, () => announceConversation(deps, made.id, pair));
  return { conversation: await getConversation(deps.db, principal, id), is_new: made !== undefined };
}

async function findDirectId(tx: Tx, pair: string[]): Promise<string> {
  const [found] = await ask<{ id: string }>(
    tx,
    sql`
    SELECT id FROM conversations WHERE direct_key = ${pair.join(":")}`,
  );
  if (!found) throw new AppError("conversation_not_found");
  return found.id;
}

/**
 * A group with the chosen people, its creator as owner. Throws group_creation_restricted, and request_invalid, naming
 * the field they came in, if one of them is not there.
 */
export async function createGroup(
  deps: Deps,
  principal: Principal,
  group: { name: string; description?: string | undefined; member_ids: string[] },
  membersField = "member_ids",
): Promise<Conversation> {
  if (!mayCreateGroup(principal.role, await readWorkspaceSettings(deps.db, deps.config)))
    throw new AppError("group_creation_restricted");
  const memberIds = [...new Set([principal.user_id, ...group.member_ids])];
  const id = newId();
  await deps.db.$transaction(async (tx) => {
    if ((await activeUserIds(tx, memberIds)).length !== memberIds.length)
      throw invalidField(membersField, "names somebody who has no active account");
    await tx.$executeRaw(sql`
      INSERT INTO conversations (id, kind, name, description, owner_id, revision, member_version, member_count)
      VALUES (${id}::uuid, 'group', ${group.name}, ${group.description || null}, ${principal.user_id}::uuid,
              1, 1, ${memberIds.length})`);
    await insertMembers(tx, id, memberIds, principal.user_id);
    await recordAudit(tx, {
      action: "group.created",
      actor_id: principal.user_id,
      conversation_id: id,
      address: principal.address,
      details: { name: group.name, members: memberIds.length },
    });
  });
  await announce(deps.log, () => announceConversation(deps, id, memberIds));
  return getConversation(deps.db, principal, id);
}

/** Which of these people have an account that works. Locked, so that none of them is deactivated meanwhile. */
export async function activeUserIds(tx: Tx, ids: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>(sql`
    SELECT u.id FROM users u
     WHERE u.id = ANY(${ids}::uuid[]) AND ${IS_ACTIVE} ORDER BY u.id FOR SHARE`);
  return rows.map((row) => row.id);
}

async function insertMembers(tx: Tx, conversationId: string, userIds: string[], ownerId: string | null): Promise<void> {
  await tx.$executeRaw(sql`
    INSERT INTO conversation_members (conversation_id, user_id, role)
    SELECT ${conversationId}::uuid, user_id, (CASE WHEN user_id = ${ownerId}::uuid THEN 'owner' ELSE 'member' END)::member_role
      FROM unnest(${userIds}::uuid[]) AS user_id`);
}

/** Tells each of these members how they see the conversation now: they came in, or their rights in it are others. */
export async function announceConversation(
  deps: Pick<Deps, "db" | "hub">,
  conversationId: string,
  userIds: Iterable<string>,
): Promise<void> {
  deps.hub.bus.send({ type: "shown", conversation_id: conversationId, to: addressOf(userIds) });
  await showConversation(deps, conversationId, userIds);
}

/** The same for those of them who are connected to this node. */
export async function showConversation(
  deps: Pick<Deps, "db" | "hub">,
  conversationId: string,
  userIds: Iterable<string>,
): Promise<void> {
  const connected = [...userIds].filter((id) => deps.hub.isHere(id));
  if (connected.length === 0) return;
  // Whoever has left meanwhile is told so by another event.
  for (const { user_id, conversation } of await viewAsMembers(deps.db, conversationId, connected)) {
    deps.hub.told.startAt(conversationId, conversation.revision);
    deps.hub.publishHere([user_id], [{ type: "conversation.joined", conversation }]);
  }
}
