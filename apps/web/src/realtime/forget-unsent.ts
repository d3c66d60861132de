import type { Conversation } from "@confab/shared/conversations";
import { setDraft, useDrafts } from "../stores/drafts.store.ts";
import { useSession } from "../stores/session.store.ts";
import { deleteEntry, entriesOf, type OutboxEntry } from "./outbox-entries.ts";

/** What was begun or waiting in a conversation this person has left has nowhere to go any more. */
export function forgetUnsent(conversationId: string): void {
  setDraft(conversationId, "");
  for (const entry of myEntries()) if (entry.conversation_id === conversationId) void deleteEntry(entry.id);
}

/**
 * The same for every conversation that is not among those of a snapshot. To be called with nothing less: an answer
 * that merely lacks a conversation may have been meant for whoever signed in in another tab.
 */
export function forgetUnsentOutside(snapshot: readonly Conversation[]): void {
  const mine = new Set(snapshot.map(({ id }) => id));
  const written = [...Object.keys(useDrafts.getState().drafts), ...myEntries().map((entry) => entry.conversation_id)];
  for (const id of written) if (!mine.has(id)) forgetUnsent(id);
}

function myEntries(): OutboxEntry[] {
  const { me } = useSession.getState();
  return me === null ? [] : entriesOf(me.id);
}
