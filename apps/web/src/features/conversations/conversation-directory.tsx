import type { Conversation } from "@confab/shared/conversations";
import { Info, MessageSquarePlus } from "lucide-react";
import { Link } from "react-router";
import { paths } from "../../lib/paths.ts";
import { badgeOf, countOf, titleOf } from "../../lib/titles.ts";
import { selectSortedConversations, useConversations } from "../../stores/conversations.store.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge, NameWithBadge } from "../../ui/badge.tsx";
import { Card } from "../../ui/page.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { useAllConversations } from "./use-all-conversations.ts";

function DirectoryRow({ conversation }: { conversation: Conversation }) {
  const other = usePerson(conversation.other);
  const title = titleOf(conversation, other);
  const kind = other === null ? countOf(conversation.member_count, "member") : "Direct conversation";
  return (
    <li className="relative flex items-center gap-4 border-b border-line px-4 py-3.5 transition-colors last:border-b-0 hover:bg-hover sm:px-5">
      <Avatar seed={other?.id ?? conversation.id} name={title} shape={other === null ? "square" : "round"} />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          {/* The whole row leads to the chat; the details link lies above it. */}
          <Link
            to={paths.chat(conversation.id)}
            className="flex min-w-0 rounded-sm font-medium after:absolute after:inset-0"
          >
            <NameWithBadge name={title} badge={badgeOf(other)} />
          </Link>
          {conversation.archived_at !== null && <Badge>Archived</Badge>}
          {conversation.role === null && <Badge>Not a member</Badge>}
        </div>
        <p className="truncate text-sm text-ink-muted">
          {kind}
          {conversation.description && ` · ${conversation.description}`}
        </p>
      </div>
      <Link
        to={paths.conversation(conversation.id)}
        aria-label={`Details of ${title}`}
        title="Details"
        className="tap-target relative z-10 inline-flex size-9 items-center justify-center rounded-md text-ink-muted hover:bg-selected hover:text-ink"
      >
        <Info aria-hidden size={18} />
      </Link>
    </li>
  );
}

/** Conversations with their descriptions: one's own, or for administrators all there are. */
export function ConversationDirectory({ all }: { all: boolean }) {
  const mine = useConversations(selectSortedConversations);
  const loaded = useConversations((state) => state.loaded);
  const everything = useAllConversations(all);
  const conversations = all ? everything.data : loaded ? mine : undefined;

  if (all && everything.isError)
    return <ErrorState message={everything.error.message} onRetry={() => everything.refetch()} />;
  return (
    <Card>
      {conversations === undefined && <SkeletonRows count={5} label="Loading conversations" />}
      {conversations?.length === 0 && (
        <EmptyState icon={MessageSquarePlus} title="No conversations yet">
          Start one with the New button beside the list of conversations.
        </EmptyState>
      )}
      {conversations !== undefined && conversations.length > 0 && (
        <ul aria-label="Conversations">
          {conversations.map((conversation) => (
            <DirectoryRow key={conversation.id} conversation={conversation} />
          ))}
        </ul>
      )}
    </Card>
  );
}
