import { idSchema } from "@confab/shared/ids";
import { createMessageBodySchema, type Message } from "@confab/shared/messages";
import { createStore, del, entries as readEntries, set, type UseStore } from "idb-keyval";
import { z } from "zod";
import { noteRefusal, useConnection } from "../stores/connection.store.ts";
import { tellTabs } from "./tab-channel.ts";

export const entrySchema = createMessageBodySchema.required().extend({
  user_id: idSchema,
  conversation_id: idSchema,
  /** Why the server refused it for good; null while it is still to be sent. */
  failure: z.string().nullable(),
});

/** A message that is not known to be stored by the server. It names its writer: browsers are shared. */
export type OutboxEntry = z.infer<typeof entrySchema>;

export type SendOutcome =
  | { kind: "acked" }
  | { kind: "refused"; sentence: string }
  | { kind: "later"; afterMs: number };

/** A browser that never answers about its storage must not keep a message from going out. */
const STORAGE_PATIENCE_MS = 1_000;

/** All entries in memory as well, of every person of this page: storage may be missing (private windows). */
const entries = new Map<string, OutboxEntry>();
const writes = new Map<string, Promise<unknown>>();
const answers = new Map<string, (outcome: SendOutcome) => void>();
let opened: UseStore | undefined;

/** Keeps an entry, in memory and in the other tabs at once, and on disk when the promise is fulfilled. */
export async function saveEntry(entry: OutboxEntry): Promise<void> {
  holdEntry(entry);
  tellTabs({ kind: "kept", entry });
  const write = onDisk((store) => set(keyOf(entry), entry, store));
  writes.set(entry.id, write);
  await write;
}

/** Nothing goes out before it is on disk, or the disk has been given up. */
export async function whenSaved(id: string): Promise<void> {
  await writes.get(id);
}

/** Gives an entry up, here, on disk and in the other tabs. */
export async function deleteEntry(id: string): Promise<void> {
  tellTabs({ kind: "dropped", id });
  await removeEntry(id);
}

async function removeEntry(id: string): Promise<void> {
  const entry = entries.get(id);
  forgetEntry(id);
  if (entry !== undefined) await onDisk((store) => del(keyOf(entry), store));
}

/** In memory only: the tab that says so has seen to the disk. */
export function holdEntry(entry: OutboxEntry): void {
  entries.set(entry.id, entry);
}

export function forgetEntry(id: string): void {
  entries.delete(id);
  writes.delete(id);
}

export function findEntry(id: string): OutboxEntry | undefined {
  return entries.get(id);
}

/** One person's entries, oldest first: ids are minted in rising order. */
export function entriesOf(userId: string): OutboxEntry[] {
  return [...entries.values()].filter((entry) => entry.user_id === userId).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Brings back what an earlier page of this person left unsent. */
export async function readStoredEntries(userId: string): Promise<void> {
  const stored = await onDisk((store) => readEntries<string, unknown>(store));
  for (const [key, value] of stored ?? []) {
    if (!key.startsWith(`${userId}/`)) continue;
    const parsed = entrySchema.safeParse(value);
    if (parsed.success && keyOf(parsed.data) === key) {
      if (!entries.has(parsed.data.id)) entries.set(parsed.data.id, parsed.data);
    } else await onDisk((store) => del(key, store));
  }
}

/** The message has come back from the server, by whatever way: it is stored there, and its entry has done its duty. */
export function settleEntry(message: Message): void {
  if (entries.has(message.id)) {
    tellTabs({ kind: "stored", message });
    void removeEntry(message.id);
  }
  answerSend(message.id, { kind: "acked" });
}

/** The server's complaint about a send. Refused is only what would be refused again; anything else may pass later. */
export function refuseSend(id: string, status: number, sentence: string, retryAfterMs: number | null = null): void {
  useConnection.setState((state) => noteRefusal(state, status));
  const isFinal = status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429;
  answerSend(id, isFinal ? { kind: "refused", sentence } : { kind: "later", afterMs: retryAfterMs ?? 1 });
}

/** Ends the wait of the one who is sending it, if anyone is. */
export function answerSend(id: string, outcome: SendOutcome): void {
  answers.get(id)?.(outcome);
}

/** Waits for whatever is said first about this send. */
export function awaitAnswer(id: string): Promise<SendOutcome> {
  return new Promise((resolve) => {
    answers.set(id, (outcome) => {
      answers.delete(id);
      resolve(outcome);
    });
  });
}

export function interruptSends(): void {
  for (const answer of [...answers.values()]) answer({ kind: "later", afterMs: 0 });
}

function keyOf(entry: OutboxEntry): string {
  return `${entry.user_id}/${entry.id}`;
}

async function onDisk<Result>(act: (store: UseStore) => Promise<Result>): Promise<Result | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), STORAGE_PATIENCE_MS);
  });
  try {
    opened ??= createStore("confab", "outbox");
    return await Promise.race([act(opened), patience]);
  } catch {
    // Without storage the outbox lives as long as the page. The message itself goes out all the same.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
