import type { Conversation } from "@confab/shared/conversations";
import { useMessages } from "../../stores/messages.store.ts";
import { useSession } from "../../stores/session.store.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { useLater } from "../../ui/use-later.ts";
import { loadNewer } from "./load-newer.ts";
import { loadOlder } from "./load-older.ts";
import { MessageList } from "./message-list.tsx";
import { MessageSkeleton } from "./message-skeleton.tsx";

/** A flash of grey bars before an answer that comes at once would only be noise. */
const SKELETON_AFTER_MS = 150;

interface MessagePaneProps {
  conversation: Conversation;
  onReopen: () => void;
  onRead: (seq: number) => void;
}

/** The messages in each of their states: on their way, not to be had, or there. */
export function MessagePane({ conversation, onReopen, onRead }: MessagePaneProps) {
  const window = useMessages((state) => state.windows[conversation.id]);
  const myId = useSession((state) => state.me?.id);
  const isEmpty = window === undefined || (window.rows.length === 0 && !window.reaches_oldest);
  const isLate = useLater(isEmpty, SKELETON_AFTER_MS);

  if (isEmpty && window?.failure) {
    return (
      <div className="flex flex-1 items-center">
        <ErrorState message={window.failure} onRetry={onReopen} />
      </div>
    );
  }
  if (isEmpty) return isLate ? <MessageSkeleton /> : <div className="flex-1" />;
  return (
    <>
      {window.failure !== null && (
        <div className="px-4 pt-3 sm:px-6">
          <Notice kind="error">
            <span className="flex items-center justify-between gap-3">
              {window.failure}
              <Button size="small" onClick={() => (window.reaches_oldest ? loadNewer : loadOlder)(conversation.id)}>
                Try again
              </Button>
            </span>
          </Notice>
        </div>
      )}
      <MessageList key={conversation.id} conversation={conversation} window={window} myId={myId} onRead={onRead} />
    </>
  );
}
