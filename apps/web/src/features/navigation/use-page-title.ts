import { selectTotalUnread, useConversations } from "../../stores/conversations.store.ts";
import { useDocumentTitle } from "../../ui/use-document-title.ts";

/** The tab's title, with how much is unread. */
export function usePageTitle(page: string): void {
  useDocumentTitle(page, useConversations(selectTotalUnread));
}
