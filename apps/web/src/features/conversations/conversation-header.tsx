import type { Conversation } from "@confab/shared/conversations";
import { Info } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "../../lib/paths.ts";
import { badgeOf, countOf, titleOf } from "../../lib/titles.ts";
import { usePresence } from "../../stores/presence.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { BackLink } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";

const BAR = "flex h-15 shrink-0 items-center gap-3 border-b border-line bg-canvas px-4 sm:px-5";

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

interface ConversationHeaderProps {
  conversation: Conversation;
  detailsOpen: boolean;
  onDetails: () => void;
  children: ReactNode;
}

export function ConversationHeader({ conversation, detailsOpen, onDetails, children }: ConversationHeaderProps) {
  const { other } = conversation;
  const title = titleOf(conversation);
  const online = usePresence((state) => other !== null && state.online[other.id] === true);
  const presence = online ? "Online" : "Offline";
  return (
    <header className={BAR}>
      <BackLink to={paths.conversations} label="Back to conversations" />
      <Avatar seed={other?.id ?? conversation.id} name={title} shape={other === null ? "square" : "round"} online={online} />
      <div className="min-w-0 flex-1">
        <h1 className="flex text-base leading-5 font-semibold">
          <NameWithBadge name={title} badge={badgeOf(other)} />
        </h1>
        <p className="truncate text-sm text-ink-muted">
          {other === null ? countOf(conversation.member_count, "member") : presence}
          {conversation.description && <span className="max-sm:hidden"> · {conversation.description}</span>}
        </p>
      </div>
      {children}
      <IconButton label="Details" aria-expanded={detailsOpen} onClick={onDetails}>
        <Info aria-hidden size={18} />
      </IconButton>
    </header>
  );
}
