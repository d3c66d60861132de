import type { Conversation } from "@confab/shared/conversations";
import { memo } from "react";
import { NavLink } from "react-router";
import { paths } from "../../lib/paths.ts";
import { formatListTime } from "../../lib/time.ts";
import { badgeOf, titleOf } from "../../lib/titles.ts";
import { useDrafts } from "../../stores/drafts.store.ts";
import { usePresence } from "../../stores/presence.store.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { previewOf } from "./preview.ts";

function UnreadBadge({ count }: { count: number }) {
  return (
    <>
      <span
        data-unread={count}
        className="inline-flex h-4.5 min-w-4.5 shrink-0 items-center justify-center rounded-full bg-accent px-1.5 text-[0.6875rem] font-semibold text-on-accent tabular-nums"
      >
        {count > 99 ? "99+" : count}
      </span>
      <span className="sr-only">unread</span>
    </>
  );
}

interface ConversationRowProps {
  conversation: Conversation;
  myId: string | undefined;
}

export const ConversationRow = memo(function ConversationRow({ conversation, myId }: ConversationRowProps) {
  const { last_message: last, unread } = conversation;
  const other = usePerson(conversation.other);
  const sender = usePerson(last?.sender ?? null);
  const title = titleOf(conversation, other);
  const isArchived = conversation.archived_at !== null;
  const online = usePresence((state) => other !== null && state.online[other.id] === true);
  const draft = useDrafts((state) => state.drafts[conversation.id]);
  const hasUnread = unread > 0;
  return (
    <NavLink
      to={paths.chat(conversation.id)}
      className={({ isActive }) =>
        classNames(
          "flex items-center gap-3 rounded-md px-2.5 py-2 outline-offset-[-2px] transition-colors duration-100",
          isActive ? "bg-selected" : "hover:bg-hover",
        )
      }
    >
      <Avatar
        seed={other?.id ?? conversation.id}
        name={title}
        shape={other === null ? "square" : "round"}
        online={online}
      />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-2">
          <NameWithBadge
            name={title}
            badge={badgeOf(other)}
            className={classNames(hasUnread ? "font-semibold" : "font-medium", isArchived && "text-ink-muted")}
          />
          {last !== null && (
            <time dateTime={last.sent_from_server} className="shrink-0 text-xs text-ink-muted tabular-nums">
              {formatListTime(last.sent_from_server)}
            </time>
          )}
        </span>
        <span className="flex items-center justify-between gap-2">
          <span className={classNames("truncate text-sm", hasUnread ? "text-ink-soft" : "text-ink-muted")}>
            {draft ? (
              <>
                <span className="font-medium text-accent">Draft:</span> {draft.slice(0, 120)}
              </>
            ) : (
              previewOf(conversation, myId, sender)
            )}
          </span>
          {hasUnread && <UnreadBadge count={unread} />}
        </span>
      </span>
    </NavLink>
  );
});
