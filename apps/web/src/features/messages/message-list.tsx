import type { Conversation } from "@confab/shared/conversations";
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { noteReadingPlace } from "../../realtime/reading-place.ts";
import type { MessageWindow } from "../../stores/messages.store.ts";
import { classNames } from "../../ui/class-names.ts";
import { Spinner } from "../../ui/spinner.tsx";
import { Beginning } from "./beginning.tsx";
import { jumpToNewest } from "./jump-to-newest.ts";
import { loadNewer } from "./load-newer.ts";
import { loadOlder } from "./load-older.ts";
import { itemsOf } from "./message-items.ts";
import { MessageRow } from "./message-row.tsx";
import { useMessageScroll } from "./use-message-scroll.ts";
import { useReading } from "./use-reading.ts";

interface MessageListProps {
  conversation: Conversation;
  window: MessageWindow;
  myId: string | undefined;
  onRead: (seq: number) => void;
}

interface NewestButtonProps {
  count: number;
  onPress: () => void;
}

function NewestButton({ count, onPress }: NewestButtonProps) {
  return (
    <button
      type="button"
      onClick={onPress}
      aria-label={count > 0 ? undefined : "Jump to newest"}
      className={classNames(
        "rise-in tap-target inline-flex h-9 items-center gap-2 rounded-full text-sm font-medium shadow-floating transition-colors",
        count > 0
          ? "bg-accent px-4 text-on-accent hover:bg-accent-strong"
          : "justify-center bg-surface px-2.5 text-ink-soft hover:bg-hover",
      )}
    >
      {count > 0 && (
        <span className="tabular-nums">
          {count} new message{count === 1 ? "" : "s"}
        </span>
      )}
      <ArrowDown aria-hidden size={16} />
    </button>
  );
}

/** The messages of one conversation, drawn only as far as they are on the screen. */
export function MessageList({ conversation, window, myId, onRead }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { id } = conversation;
  const items = useMemo(() => itemsOf(window, myId), [window, myId]);
  const mayLoad = window.loading === "none" && window.failure === null;
  const edges = useMemo(
    () => ({
      reachesNewest: window.reaches_newest,
      onNearStart: () => void (mayLoad && !window.reaches_oldest && loadOlder(id)),
      onNearEnd: () => void (mayLoad && !window.reaches_newest && loadNewer(id)),
      onPlace: (key: string | null) => noteReadingPlace(id, key),
    }),
    [id, mayLoad, window.reaches_oldest, window.reaches_newest],
  );
  useEffect(() => () => noteReadingPlace(id, null), [id]);
  const { virtualizer, atEnd, scrollToEnd } = useMessageScroll(scroller, items, edges);
  const newCount = useReading({ conversation, window, atEnd, myId, onRead });

  // Who writes wants to see it arrive, wherever they had scrolled to.
  const last = window.rows.at(-1);
  const mySendingId = last?.status === "sending" ? last.id : null;
  useEffect(() => {
    if (mySendingId !== null) scrollToEnd();
  }, [mySendingId, scrollToEnd]);

  const toNewest = useCallback(async () => {
    if (!window.reaches_newest) await jumpToNewest(id);
    scrollToEnd();
  }, [id, window.reaches_newest, scrollToEnd]);

  return (
    <div className="relative min-h-0 flex-1">
      {window.loading === "older" && (
        <div
          role="status"
          aria-label="Loading older messages"
          className="absolute top-2 left-1/2 z-10 -translate-x-1/2 rounded-full bg-surface p-1.5 text-ink-muted shadow-floating"
        >
          <Spinner />
        </div>
      )}
      <div
        ref={scroller}
        role="log"
        aria-label="Messages"
        // Rows drawn while scrolling through history are not news.
        aria-live={atEnd ? "polite" : "off"}
        id="messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the skip link leads here
        tabIndex={0}
        className="h-full overflow-x-hidden overflow-y-auto overscroll-none outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className="relative flex min-h-full flex-col justify-end">
          <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map(({ index, key, start }) => {
              const item = items[index];
              if (item === undefined) return null;
              return (
                <div
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  className="absolute inset-x-0 top-0 flow-root"
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {item.kind === "beginning" ? <Beginning conversation={conversation} /> : <MessageRow item={item} />}
                </div>
              );
            })}
          </div>
        </div>
        {(!atEnd || !window.reaches_newest) && (
          // Inside the scroller, so that the wheel works above it; without height, so that it moves nothing.
          <div aria-live="off" className="sticky bottom-3 z-10 flex h-0 items-end justify-center">
            <NewestButton count={newCount} onPress={toNewest} />
          </div>
        )}
      </div>
    </div>
  );
}
