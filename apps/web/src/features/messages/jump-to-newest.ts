import { loadPageIfIdle } from "../../realtime/load-page.ts";
import { useMessages } from "../../stores/messages.store.ts";

/** Replaces what is held by the newest page, unless the newest is held already. A failure stands in the window. */
export async function jumpToNewest(conversationId: string): Promise<void> {
  if (useMessages.getState().windows[conversationId]?.reaches_newest === true) return;
  await loadPageIfIdle(conversationId, "newest");
}
