import { loadPageIfIdle } from "../../realtime/load-page.ts";
import { useMessages } from "../../stores/messages.store.ts";

/** Fetches the page after the newest message held, unless there is none. A failure stands in the window. */
export async function loadNewer(conversationId: string): Promise<void> {
  const window = useMessages.getState().windows[conversationId];
  if (window?.known_revision == null || window.reaches_newest) return;
  await loadPageIfIdle(conversationId, "newer");
}
