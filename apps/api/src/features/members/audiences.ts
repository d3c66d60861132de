import { Audience } from "../../core/audience.ts";
import type { Address } from "../../core/bus.ts";
import { ask, type Db, fromList, sql, toList } from "../../core/db.ts";
import { joinQuestions } from "../../core/join-questions.ts";

interface Known {
  readonly memberVersion: number;
  readonly audience: Audience;
}

interface Members {
  readonly member_version: number;
  readonly user_ids: string;
}

/** At most so many conversations' members are read in one statement: there may be thousands in each. */
const AT_ONCE = 50;

const findMembers = joinQuestions<string, Members | undefined>(AT_ONCE, async (tx, ids) => {
  const rows = await ask<Members & { id: string }>(
    tx,
    sql`
    SELECT c.id, c.member_version,
           ARRAY(SELECT m.user_id FROM conversation_members m WHERE m.conversation_id = c.id)::text AS user_ids
      FROM conversations c WHERE c.id = ANY(${toList(new Set(ids))}::uuid[])`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
});

/** How many conversations' audiences are kept; the least recently used goes first. */
const KEPT = 10_000;

/**
 * Who is in a conversation, at a given member_version. Events go to the people the database names at that version:
 * there is no subscription list to forget, and a removed member gets nothing committed after the removal.
 */
export class Audiences {
  readonly #db: Db;
  readonly #known = new Map<string, Known>();

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * The audience as of at least `memberVersion`; without one, as of now. A conversation that is gone has nobody.
   */
  async of(conversationId: string, memberVersion?: number): Promise<Audience> {
    const known = this.#known.get(conversationId);
    if (known && memberVersion !== undefined && known.memberVersion >= memberVersion) return known.audience;
    return this.#load(conversationId);
  }

  /** The audience this process knows, if it does. */
  known(conversationId: string): Audience | undefined {
    return this.#known.get(conversationId)?.audience;
  }

  /** The audience this process knows, without asking the database: good enough for what is never stored. */
  async roughly(conversationId: string): Promise<Audience> {
    return this.known(conversationId) ?? this.#load(conversationId);
  }

  /** Everyone who shares a conversation with somebody, without that person. */
  async around(userId: string): Promise<Audience> {
    const rows = await ask<{ conversation_id: string }>(
      this.#db,
      sql`SELECT conversation_id FROM conversation_members WHERE user_id = ${userId}::uuid`,
    );
    const around = new Set<string>();
    const audiences = await Promise.all(rows.map(({ conversation_id }) => this.roughly(conversation_id)));
    for (const audience of audiences) for (const id of audience) around.add(id);
    around.delete(userId);
    return new Audience(around, { around: userId });
  }

  /** The people another node has named. */
  async at(address: Address): Promise<Iterable<string>> {
    if ("user_ids" in address) return address.user_ids;
    if ("around" in address) return this.around(address.around);
    return (await this.of(address.conversation_id, address.member_version)).without(address.except);
  }

  async #load(conversationId: string): Promise<Audience> {
    const found = await findMembers(this.#db, conversationId);
    if (!found) {
      this.#known.delete(conversationId);
      return new Audience(new Set(), { user_ids: [] });
    }
    const { member_version, user_ids } = found;
    const audience = new Audience(new Set(fromList(user_ids)), {
      conversation_id: conversationId,
      member_version,
      except: [],
    });
    const before = this.#known.get(conversationId);
    // Two loads may overtake each other; the older answer must not replace the newer.
    if (before && before.memberVersion > member_version) return before.audience;
    this.#known.delete(conversationId);
    this.#known.set(conversationId, { memberVersion: member_version, audience });
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value ?? "");
    return audience;
  }
}
