import type { Member } from "@confab/shared/conversations";
import type { Event } from "@confab/shared/events";
import { sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { announceConversation } from "../conversations/conversations.service.ts";
import type { Audiences } from "../members/audiences.ts";

/** A group as an act finds it. While its row is locked nobody else changes it, or who is in it. */
export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly owner_id: string | null;
  readonly archived_at: Date | null;
  readonly joined_by_everyone: boolean;
  readonly last_seq: number;
  readonly revision: number;
  readonly member_version: number;
  readonly member_count: number;
  readonly now: Date;
}

/** The columns of a GroupRow, from `conversations` as c. */
export const GROUP_COLUMNS = sql`c.id, c.name, c.description, c.owner_id, c.archived_at, c.last_seq, c.revision,
  c.member_version, c.member_count, coalesce(c.joined_by_everyone, false) AS joined_by_everyone, now() AS now`;

export type GroupFacts = Pick<GroupRow, "name" | "description" | "owner_id" | "archived_at">;

/**
 * What one act changes in a locked group. Every change takes a revision of its own, so that whoever misses one notices;
 * `save` stores where they end, and after the commit announceGroupChange tells them in order.
 */
export class GroupChange {
  readonly conversation_id: string;
  readonly events: Event[] = [];
  /** Who came in by it: they are told of the group as it is, which has the events in it. */
  readonly joined: string[] = [];
  readonly left: string[] = [];
  /** Members whose rights in the group are others now. */
  readonly regranted: string[] = [];
  #facts: GroupFacts;
  #revision: number;
  #memberVersion: number;
  #memberCount: number;
  readonly #now: Date;

  constructor(group: GroupRow) {
    this.conversation_id = group.id;
    const { name, description, owner_id, archived_at } = group;
    this.#facts = { name, description, owner_id, archived_at };
    this.#revision = group.revision;
    this.#memberVersion = group.member_version;
    this.#memberCount = group.member_count;
    this.#now = group.now;
  }

  get memberVersion(): number {
    return this.#memberVersion;
  }

  add(member: Member): void {
    this.#memberCount += 1;
    this.events.push({ type: "member.added", ...this.#nextMemberChange(), member });
    this.joined.push(member.user.id);
  }

  remove(userId: string): void {
    this.#memberCount -= 1;
    this.events.push({ type: "member.removed", ...this.#nextMemberChange(), user_id: userId });
    this.left.push(userId);
  }

  changeRole(member: Member): void {
    this.events.push({ type: "member.updated", ...this.#nextMemberChange(), member });
    this.regranted.push(member.user.id);
  }

  update(facts: Partial<GroupFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
    const { archived_at, ...texts } = this.#facts;
    this.events.push({
      type: "conversation.updated",
      conversation_id: this.conversation_id,
      revision: this.#nextRevision(),
      ...texts,
      archived_at: archived_at?.toISOString() ?? null,
      updated_at: this.#now.toISOString(),
    });
  }

  async save(tx: Tx): Promise<void> {
    if (this.events.length === 0) return;
    const { name, description, owner_id, archived_at } = this.#facts;
    const isUpdated = this.events.some((event) => event.type === "conversation.updated");
    await tx.$executeRaw(sql`
      UPDATE conversations
         SET name = ${name}, description = ${description}, owner_id = ${owner_id}::uuid,
             archived_at = ${archived_at}::timestamptz, revision = ${this.#revision},
             member_version = ${this.#memberVersion}, member_count = ${this.#memberCount},
             updated_at = CASE WHEN ${isUpdated} THEN ${this.#now}::timestamptz ELSE updated_at END
       WHERE id = ${this.conversation_id}::uuid`);
  }

  #nextRevision(): number {
    this.#revision += 1;
    return this.#revision;
  }

  #nextMemberChange() {
    this.#memberVersion += 1;
    return {
      conversation_id: this.conversation_id,
      revision: this.#nextRevision(),
      member_version: this.#memberVersion,
      member_count: this.#memberCount,
    };
  }
}

/**
 * Tells of a committed change: whoever is gone that they are, whoever came or has other rights how they see the group
 * now, and everyone in it what happened, in order.
 */
export async function announceGroupChange(
  deps: Pick<Deps, "db" | "hub"> & { audiences: Audiences },
  change: GroupChange,
): Promise<void> {
  // Asked for first: from here on, messages that were stored before and are still to be told go past who has left.
  const { conversation_id, memberVersion: member_version } = change;
  const audience = await deps.audiences.of(conversation_id, member_version);
  deps.hub.publish(change.left, { type: "conversation.left", conversation_id, member_version });
  deps.hub.publish(audience.without(change.joined), ...change.events);
  await announceConversation(deps, conversation_id, new Set([...change.joined, ...change.regranted]));
}
