import { useCallback, useEffect, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { ConnectionDetails } from "../features/connection/connection-details.tsx";
import { ArchiveButton } from "../features/conversations/archive-button.tsx";
import { closeConversation } from "../features/conversations/close-conversation.ts";
import { ConversationHeader, ConversationHeaderSkeleton } from "../features/conversations/conversation-header.tsx";
import { DetailsPanel } from "../features/conversations/details-panel.tsx";
import { markRead } from "../features/conversations/mark-read.ts";
import { openConversation } from "../features/conversations/open-conversation.ts";
import { InviteByLink } from "../features/invites/invite-by-link.tsx";
import { Composer } from "../features/messages/composer.tsx";
import { MessagePane } from "../features/messages/message-pane.tsx";
import { MessageSkeleton } from "../features/messages/message-skeleton.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { announceTyping } from "../features/typing/announce-typing.ts";
import { TypingLine } from "../features/typing/typing-line.tsx";
import { paths } from "../lib/paths.ts";
import { titleOf } from "../lib/titles.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { useMessages } from "../stores/messages.store.ts";
import { useSession } from "../stores/session.store.ts";
import { usePerson } from "../stores/users.store.ts";
import { ErrorState } from "../ui/states.tsx";
import { Gone, useLastTitle } from "./gone.tsx";

function Chat({ id }: { id: string }) {
  const conversation = useConversations((state) => state.conversations[id]);
  const failure = useMessages((state) => state.windows[id]?.failure);
  const [outcome, setOutcome] = useState<"pending" | "opened" | "not_found" | "failed">("pending");
  const [detailsOpen, setDetailsOpen] = useState(false);
  const other = usePerson(conversation?.other ?? null);
  const title = conversation === undefined ? null : titleOf(conversation, other);
  const lastTitle = useLastTitle(title);
  const isAdmin = useSession((state) => state.me?.can.manage_workspace === true);
  const navigate = useNavigate();
  usePageTitle(title ?? "Conversation");

  const open = useCallback(() => {
    setOutcome("pending");
    void openConversation(id).then(setOutcome);
  }, [id]);
  useEffect(() => {
    open();
    return () => closeConversation(id);
  }, [id, open]);
  const isOutOfReach = outcome === "opened" && conversation === undefined;
  useEffect(() => {
    // Administrators who are taken out of a group still see it from outside.
    if (isOutOfReach && isAdmin) open();
  }, [isOutOfReach, isAdmin, open]);
  const onGone = useCallback(() => void navigate(paths.conversations), [navigate]);
  const onRead = useCallback((seq: number) => markRead(id, seq), [id]);
  const onTyping = useCallback((active: boolean) => announceTyping(id, active), [id]);

  if (outcome === "not_found" || isOutOfReach) return <Gone title={lastTitle} />;
  if (conversation === undefined || title === null) {
    return (
      <div className="flex h-full flex-col">
        <ConversationHeaderSkeleton />
        {outcome === "failed" ? (
          <ErrorState message={failure ?? "The conversation did not answer."} onRetry={open} />
        ) : (
          <MessageSkeleton />
        )}
      </div>
    );
  }
  const mayInvite = conversation.can.manage && conversation.archived_at === null;
  return (
    <div className="flex h-full">
      <div className="flex min-w-0 flex-1 flex-col">
        <ConversationHeader
          conversation={conversation}
          detailsOpen={detailsOpen}
          onDetails={() => setDetailsOpen(!detailsOpen)}
        >
          {mayInvite && (
            <span className="max-sm:hidden">
              <InviteByLink conversationId={id} title={title} look="icon" />
            </span>
          )}
          <ConnectionDetails />
        </ConversationHeader>
        <MessagePane conversation={conversation} onReopen={open} onRead={onRead} />
        <TypingLine conversationId={id} />
        <Composer
          conversation={conversation}
          onTyping={onTyping}
          reopen={conversation.can.archive && <ArchiveButton conversation={conversation} />}
        />
      </div>
      <DetailsPanel
        conversation={conversation}
        open={detailsOpen}
        onClose={() => setDetailsOpen(false)}
        onGone={onGone}
        invite={mayInvite && <InviteByLink conversationId={id} title={title} look="button" />}
      />
    </div>
  );
}

export function Component() {
  const { id = "" } = useParams();
  return <Chat key={id} id={id} />;
}
