import type { MessagesPage } from "@confab/shared/messages";
import { ask, sql, type Tx, toList } from "../../core/db.ts";
import { joinQuestions } from "../../core/join-questions.ts";
import { type PersonRow, presentPerson } from "../users/users.present.ts";

/** Cannot be in a text of a message: there each quotation mark has a backslash before it. */
const SENDER = '"sender":null';

/** A page of messages as JSON, but for the senders: names and roles change, and no revision says so. */
export interface ReadyPage {
  readonly pieces: readonly string[];
  readonly senderIds: readonly string[];
}

export function readyPage(page: MessagesPage): ReadyPage {
  const messages = page.messages.map((message) => ({ ...message, sender: null }));
  const text = JSON.stringify({ ...page, messages });
  return { pieces: text.split(SENDER), senderIds: page.messages.map(({ sender }) => sender.id) };
}

/** The page as JSON with its senders as they are called now. */
export async function completePage(tx: Tx, { pieces, senderIds }: ReadyPage): Promise<string> {
  const senders = senderIds.length === 0 ? new Map<string, string>() : await findSenders(tx, [...new Set(senderIds)]);
  return pieces.reduce((text, piece, n) => `${text}"sender":${senders.get(senderIds[n - 1] ?? "")}${piece}`);
}

const findSenders = joinQuestions<string[], ReadonlyMap<string, string>>(100, async (tx, questions) => {
  const rows = await ask<PersonRow>(
    tx,
    sql`SELECT id, username, role FROM users WHERE id = ANY(${toList(new Set(questions.flat()))}::uuid[])`,
  );
  const senders = new Map(rows.map((row) => [row.id, JSON.stringify(presentPerson(row))]));
  return questions.map(() => senders);
});

/** Bytes of all pages that are kept; those that nobody has asked for the longest go first. */
const BYTES_MAX = 32 * 1024 * 1024;
/** What a page, and each message in it, takes besides its text. */
const PAGE_BYTES = 500;
const MESSAGE_BYTES = 150;

interface Kept {
  /** That of the conversation before the page was read: the page has all that happened until then. */
  readonly revision: number;
  readonly page: Promise<ReadyPage>;
  bytes: number;
}

/** The newest pages of conversations: what everybody asks for who opens one, and all of them after a restart. */
export class NewestPages {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** The page as of at least this revision: kept from before or, once for all who ask at the same time, read. */
  get(key: string, revision: number, read: () => Promise<ReadyPage>): Promise<ReadyPage> {
    const known = this.#kept.get(key);
    if (known && known.revision >= revision) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.page;
    }
    this.#forget(key);
    const kept: Kept = { revision, page: read(), bytes: PAGE_BYTES };
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
    kept.page.then(
      (page) => this.#weigh(key, kept, page),
      () => this.#kept.get(key) === kept && this.#forget(key),
    );
    return kept.page;
  }

  #weigh(key: string, kept: Kept, { pieces, senderIds }: ReadyPage): void {
    if (this.#kept.get(key) !== kept) return;
    const characters = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const more = 2 * characters + MESSAGE_BYTES * senderIds.length;
    kept.bytes += more;
    this.#bytes += more;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= BYTES_MAX) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
