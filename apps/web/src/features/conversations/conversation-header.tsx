import type { Conversation } from "@confab/shared/conversations";
import { Info } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "../../lib/paths.ts";
import { badgeOf, countOf, titleOf } from "../../lib/titles.ts";
import { usePresence } from "../../stores/presence.store.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge, NameWithBadge } from "../../ui/badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { BackLink } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useMembers } from "./use-members.ts";

const BAR = "flex h-15 shrink-0 items-center gap-2 sm:gap-3 border-b border-line bg-canvas px-4 sm:px-5";

export function ConversationHeaderSkeleton() {
  return (
    <header className={BAR}>
      <BackLink to={paths.conversations} label="Back to conversations" />
      <Skeleton className="size-9" />
      <div className="space-y-2">
        <Skeleton className="h-3.5 w-32" />
        <Skeleton className="h-2.5 w-20" />
      </div>
    </header>
  );
}

/** "6 members, 2 online"; how many are online is known only where all members are. */
function Headcount({ conversation }: { conversation: Conversation }) {
  const { query, members, online } = useMembers(conversation);
  const here = members.filter((member) => online[member.user.id]).length;
  const isKnown = query.isSuccess && !query.hasNextPage;
  return (
    <>
      {countOf(conversation.member_count, "member")}
      {isKnown && here > 0 && `, ${here.toLocaleString("en")} online`}
    </>
  );
}

interface ConversationHeaderProps {
  conversation: Conversation;
  detailsOpen: boolean;
  onDetails: () => void;
  children: ReactNode;
}

export function ConversationHeader({ conversation, detailsOpen, onDetails, children }: ConversationHeaderProps) {
  const other = usePerson(conversation.other);
  const title = titleOf(conversation, other);
  const online = usePresence((state) => other !== null && state.online[other.id] === true);
  return (
    <header className={BAR}>
      <BackLink to={paths.conversations} label="Back to conversations" />
      <Avatar
        seed={other?.id ?? conversation.id}
        name={title}
        shape={other === null ? "square" : "round"}
        online={online}
      />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <h1 className="flex min-w-0 text-base leading-5 font-semibold">
            <NameWithBadge name={title} badge={badgeOf(other)} />
          </h1>
          {conversation.archived_at !== null && (
            // Where there is little room the line in the composer's place says it alone.
            <span className="inline-flex max-sm:hidden">
              <Badge>Archived</Badge>
            </span>
          )}
        </div>
        <p className="truncate text-sm text-ink-muted">
          {other === null ? <Headcount conversation={conversation} /> : online ? "Online" : "Offline"}
          {conversation.description && <span className="max-sm:hidden"> · {conversation.description}</span>}
        </p>
      </div>
      <div className="-mr-1.5 flex shrink-0 items-center sm:mr-0 sm:gap-1">
        {children}
        <IconButton label="Details" aria-expanded={detailsOpen} onClick={onDetails}>
          <Info aria-hidden size={18} />
        </IconButton>
      </div>
    </header>
  );
}
