import type { MessagesPage } from "@confab/shared/messages";
import { ask, sql, type Tx } from "../../core/db.ts";
import { joinQuestions } from "../../core/join-questions.ts";
import { type PersonRow, presentPerson } from "../users/users.present.ts";

/** Cannot be in a text of a message: there each quotation mark has a backslash before it. */
const SENDER = '"sender":null';

/** A page of messages as JSON, but for the senders: names and roles change, and no revision says so. */
export interface ReadyPage {
  readonly revision: number;
  readonly pieces: readonly string[];
  readonly senderIds: readonly string[];
  readonly characters: number;
}

/** Makes a page ready; `revision` is that of the conversation before the messages were read. */
export function readyPage(page: MessagesPage, revision: number): ReadyPage {
  const messages = page.messages.map((message) => ({ ...message, sender: null }));
  const text = JSON.stringify({ ...page, messages });
  const senderIds = page.messages.map(({ sender }) => sender.id);
  return { revision, pieces: text.split(SENDER), senderIds, characters: text.length };
}

/** The page as JSON with its senders as they are called now. */
export async function completePage(tx: Tx, { pieces, senderIds }: ReadyPage): Promise<string> {
  const senders = senderIds.length === 0 ? new Map<string, string>() : await findSenders(tx, [...new Set(senderIds)]);
  return pieces.reduce((text, piece, n) => `${text}"sender":${senders.get(senderIds[n - 1] ?? "")}${piece}`);
}

const findSenders = joinQuestions<string[], ReadonlyMap<string, string>>(100, async (tx, questions) => {
  const rows = await ask<PersonRow>(
    tx,
    sql`SELECT id, username, role FROM users WHERE id = ANY(${[...new Set(questions.flat())]}::uuid[])`,
  );
  const senders = new Map(rows.map((row) => [row.id, JSON.stringify(presentPerson(row))]));
  return questions.map(() => senders);
});

/** Characters of all pages that are kept; those that nobody has asked for the longest go first. */
const CHARACTERS_MAX = 16 * 1024 * 1024;

/** The newest pages of conversations: what everybody asks for who opens one, and all of them after a restart. */
export class NewestPages {
  readonly #pages = new Map<string, ReadyPage>();
  #characters = 0;

  /** The page, if nothing has changed in the conversation since it was kept. */
  get(key: string, revision: number): ReadyPage | undefined {
    const page = this.#pages.get(key);
    if (page?.revision !== revision) return undefined;
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return page;
  }

  keep(key: string, page: ReadyPage): void {
    this.#forget(key);
    this.#pages.set(key, page);
    this.#characters += page.characters;
    for (const oldest of this.#pages.keys()) {
      if (this.#characters <= CHARACTERS_MAX) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#characters -= this.#pages.get(key)?.characters ?? 0;
    this.#pages.delete(key);
  }
}
