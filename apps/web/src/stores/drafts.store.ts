import { MESSAGE_MAX } from "@confab/shared/limits";
import { create } from "zustand";
import { readStored, storedKeys, writeStored } from "../lib/storage.ts";

export interface DraftsState {
  /** Whose drafts these are. */
  user_id: string | null;
  drafts: Record<string, string>;
}

export const useDrafts = create<DraftsState>(() => ({ user_id: null, drafts: {} }));

/** One key for each draft, so that two tabs writing in different conversations cannot overwrite each other. */
function prefixOf(userId: string): string {
  return `confab.draft.${userId}.`;
}

/** Reads one person's drafts back in. */
export function loadDrafts(userId: string): void {
  const prefix = prefixOf(userId);
  const drafts: Record<string, string> = {};
  for (const conversationId of storedKeys(prefix)) {
    const text = readStored(prefix + conversationId);
    if (text !== null && text !== "" && text.length <= MESSAGE_MAX * 4) drafts[conversationId] = text;
  }
  useDrafts.setState({ user_id: userId, drafts });
}

/** Keeps what is being written; an empty text forgets it. */
export function setDraft(conversationId: string, text: string): void {
  const { user_id, drafts } = useDrafts.getState();
  const { [conversationId]: _, ...rest } = drafts;
  useDrafts.setState({ drafts: text === "" ? rest : { ...rest, [conversationId]: text } });
  if (user_id !== null) writeStored(prefixOf(user_id) + conversationId, text === "" ? null : text);
}

/** Removes one person's drafts from this browser. */
export function deleteDrafts(userId: string): void {
  const prefix = prefixOf(userId);
  for (const conversationId of storedKeys(prefix)) writeStored(prefix + conversationId, null);
  if (useDrafts.getState().user_id === userId) useDrafts.setState({ user_id: null, drafts: {} });
}
