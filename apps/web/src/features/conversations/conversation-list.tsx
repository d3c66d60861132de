import { Archive, LayoutList, MessageSquarePlus } from "lucide-react";
import { Link } from "react-router";
import { paths } from "../../lib/paths.ts";
import { selectSortedConversations, useConversations } from "../../stores/conversations.store.ts";
import { useSession } from "../../stores/session.store.ts";
import { Button } from "../../ui/button.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { ConversationRow } from "./conversation-row.tsx";

interface ConversationListProps {
  /** Null for somebody who may not start a conversation. */
  onNew: (() => void) | null;
}

function ArchivedHeading() {
  return (
    <h2 className="flex items-center gap-2 px-2.5 pt-4 pb-1.5 text-xs font-medium text-ink-muted">
      <Archive aria-hidden size={13} />
      Archived
    </h2>
  );
}

/** The signed-in person's own conversations, the most recently moved first and the archived at the end. */
export function ConversationList({ onNew }: ConversationListProps) {
  const conversations = useConversations(selectSortedConversations);
  const loaded = useConversations((state) => state.loaded);
  const myId = useSession((state) => state.me?.id);
  const firstArchived = conversations.findIndex((conversation) => conversation.archived_at !== null);

  if (!loaded) return <SkeletonRows count={7} label="Loading conversations" />;
  if (conversations.length === 0) {
    return (
      <EmptyState
        icon={MessageSquarePlus}
        title="No conversations yet"
        action={
          onNew && (
            <Button size="small" look="primary" onClick={onNew}>
              Start one
            </Button>
          )
        }
      >
        {onNew ? "Pick somebody and say hello." : "Somebody has to add you to a group first."}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="flex flex-col gap-0.5">
        {conversations.map((conversation, index) => (
          <li key={conversation.id}>
            {index === firstArchived && <ArchivedHeading />}
            <ConversationRow conversation={conversation} myId={myId} />
          </li>
        ))}
      </ul>
      <Link
        to={paths.allConversations}
        className="mt-2 flex min-h-11 items-center gap-3 rounded-md px-2.5 text-sm text-ink-muted hover:bg-hover hover:text-ink md:hidden"
      >
        <LayoutList aria-hidden size={16} className="mx-2.5" />
        Browse all
      </Link>
    </>
  );
}
