import type { Person } from "@confab/shared/users";
import { Ban, CircleAlert, Clock, RotateCw, Trash2 } from "lucide-react";
import { type ComponentType, lazy, memo, Suspense } from "react";
import { formatClock, formatDay, formatFull } from "../../lib/time.ts";
import { badgeOf } from "../../lib/titles.ts";
import type { MessageRow as Row } from "../../stores/messages.store.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { discardMessage } from "./discard-message.ts";
import { type MessageItem, momentOf } from "./message-items.ts";
import { retryMessage } from "./retry-message.ts";

function PlainText({ content }: { content: string }) {
  return <p className="whitespace-pre-wrap">{content}</p>;
}

// The formatter is the largest part of the page; until it has come the text stands as it was written. It is asked for
// with the page, not with the first message, because that may be written while there is no network.
const formatter: Promise<{ default: ComponentType<{ content: string }> }> = import("./message-text.tsx").then(
  ({ MessageText }) => ({ default: MessageText }),
  () => ({ default: PlainText }),
);
const MessageText = lazy(() => formatter);

function DayDivider({ moment }: { moment: string }) {
  return (
    <div className="flex items-center gap-4 px-4 pt-5 pb-2 sm:px-6">
      <span className="h-px flex-1 bg-line" />
      <span className="text-xs font-medium text-ink-muted">{formatDay(moment)}</span>
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

function NewDivider() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: <hr> cannot hold the word that sighted readers see
    <div role="separator" aria-label="New messages" className="flex items-center gap-3 px-4 pt-3 pb-1 sm:px-6">
      <span className="h-px flex-1 bg-accent" />
      <span className="rounded-full bg-accent px-2 text-[0.6875rem] leading-5 font-semibold text-on-accent">New</span>
    </div>
  );
}

function Time({ row, className }: { row: Row; className?: string }) {
  const moment = momentOf(row);
  return (
    <time
      dateTime={moment}
      title={formatFull(moment)}
      className={classNames("text-xs text-ink-muted tabular-nums", className)}
    >
      {formatClock(moment)}
    </time>
  );
}

function Content({ row }: { row: Row }) {
  if (row.deleted_at !== null) {
    return (
      <p data-message-content className="flex items-center gap-1.5 text-base text-ink-muted italic">
        <Ban aria-hidden size={14} />
        This message was deleted
      </p>
    );
  }
  return (
    <div data-message-content className={classNames("prose-message", row.status === "sending" && "text-ink-soft")}>
      <Suspense fallback={<PlainText content={row.content} />}>
        <MessageText content={row.content} />
      </Suspense>
    </div>
  );
}

function Failure({ row }: { row: Row }) {
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-danger">
      <span className="inline-flex items-center gap-1.5">
        <CircleAlert aria-hidden size={14} />
        Not sent{row.failure ? `: ${row.failure}` : "."}
      </span>
      <span className="inline-flex gap-1.5">
        <Button size="small" onClick={() => retryMessage(row.conversation_id, row.id)}>
          <RotateCw aria-hidden size={13} />
          Try again
        </Button>
        <Button size="small" look="quiet" onClick={() => discardMessage(row.conversation_id, row.id)}>
          <Trash2 aria-hidden size={13} />
          Discard
        </Button>
      </span>
    </div>
  );
}

function Head({ row, sender }: { row: Row; sender: Person }) {
  return (
    <div className="flex items-baseline gap-2">
      <NameWithBadge name={sender.username} badge={badgeOf(sender)} className="font-semibold" />
      <Time row={row} className="shrink-0" />
    </div>
  );
}

interface MessageRowProps {
  item: MessageItem;
}

/** Items are made anew at every change of the window; what they show seldom changes. */
function showsTheSame({ item: a }: MessageRowProps, { item: b }: MessageRowProps): boolean {
  return a.row === b.row && a.isHead === b.isHead && a.day === b.day && a.isFirstNew === b.isFirstNew;
}

export const MessageRow = memo(function MessageRow({ item }: MessageRowProps) {
  const { row, isHead, day, isFirstNew } = item;
  const sender = usePerson(row.sender);
  return (
    <>
      {day !== null && <DayDivider moment={day} />}
      {isFirstNew && <NewDivider />}
      <div
        data-message-id={row.id}
        data-seq={row.seq ?? undefined}
        data-status={row.status}
        className={classNames("group relative flex gap-3 px-4 py-0.5 hover:bg-hover/50 sm:px-6", isHead && "mt-2.5")}
      >
        <div className="w-9 shrink-0">
          {isHead ? (
            <div className="pt-0.5">
              <Avatar seed={sender.id} name={sender.username} />
            </div>
          ) : (
            // Twelve-hour times are wider than the gutter; they reach out to the left of it, where there is room.
            <div className="flex justify-end pt-0.5 opacity-0 group-hover:opacity-100 max-sm:hidden">
              <Time row={row} className="text-[0.6875rem] leading-5 whitespace-nowrap" />
            </div>
          )}
        </div>
        <div className="max-w-3xl min-w-0 flex-1">
          {isHead ? <Head row={row} sender={sender} /> : <span className="sr-only">{sender.username}</span>}
          <Content row={row} />
          {row.edited_at !== null && row.deleted_at === null && (
            <span title={formatFull(row.edited_at)} className="text-xs text-ink-muted">
              edited
            </span>
          )}
          {row.status === "failed" && <Failure row={row} />}
        </div>
        {row.status === "sending" && (
          <span className="appear-late absolute right-4 bottom-2 text-ink-muted" title="Sending">
            <Clock aria-hidden size={13} />
            <span className="sr-only">Sending</span>
          </span>
        )}
      </div>
    </>
  );
}, showsTheSame);
