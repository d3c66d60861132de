import { useCallback, useEffect, useState } from "react";
import { useParams } from "react-router";
import { ConnectionDetails } from "../features/connection/connection-details.tsx";
import { closeConversation } from "../features/conversations/close-conversation.ts";
import { ConversationHeader, ConversationHeaderSkeleton } from "../features/conversations/conversation-header.tsx";
import { DetailsPanel } from "../features/conversations/details-panel.tsx";
import { markRead } from "../features/conversations/mark-read.ts";
import { openConversation } from "../features/conversations/open-conversation.ts";
import { Composer } from "../features/messages/composer.tsx";
import { MessagePane } from "../features/messages/message-pane.tsx";
import { MessageSkeleton } from "../features/messages/message-skeleton.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { announceTyping } from "../features/typing/announce-typing.ts";
import { TypingLine } from "../features/typing/typing-line.tsx";
import { titleOf } from "../lib/titles.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { useMessages } from "../stores/messages.store.ts";
import { ErrorState } from "../ui/states.tsx";
import { NotFound } from "./not-found.tsx";

function Chat({ id }: { id: string }) {
  const conversation = useConversations((state) => state.conversations[id]);
  const failure = useMessages((state) => state.windows[id]?.failure);
  const [outcome, setOutcome] = useState<"pending" | "opened" | "not_found" | "failed">("pending");
  const [detailsOpen, setDetailsOpen] = useState(false);
  usePageTitle(conversation === undefined ? "Conversation" : titleOf(conversation));

  const open = useCallback(() => {
    setOutcome("pending");
    void openConversation(id).then(setOutcome);
  }, [id]);
  useEffect(() => {
    open();
    return () => closeConversation(id);
  }, [id, open]);
  const onRead = useCallback((seq: number) => markRead(id, seq), [id]);
  const onTyping = useCallback((active: boolean) => announceTyping(id, active), [id]);

  if (outcome === "not_found" || (outcome === "opened" && conversation === undefined)) return <NotFound />;
  if (conversation === undefined) {
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
  return (
    <div className="flex h-full">
      <div className="flex min-w-0 flex-1 flex-col">
        <ConversationHeader
          conversation={conversation}
          detailsOpen={detailsOpen}
          onDetails={() => setDetailsOpen(!detailsOpen)}
        >
          <ConnectionDetails />
        </ConversationHeader>
        <MessagePane conversation={conversation} onReopen={open} onRead={onRead} />
        <TypingLine conversationId={id} />
        <Composer conversation={conversation} onTyping={onTyping} />
      </div>
      <DetailsPanel conversation={conversation} open={detailsOpen} onClose={() => setDetailsOpen(false)} />
    </div>
  );
}

export function Component() {
  const { id = "" } = useParams();
  return <Chat key={id} id={id} />;
}
