import { useParams } from "react-router";
import { ConversationFacts } from "../features/conversations/conversation-facts.tsx";
import { MemberList } from "../features/conversations/member-list.tsx";
import { useConversation } from "../features/conversations/use-conversation.ts";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { ApiError } from "../lib/api-error.ts";
import { paths } from "../lib/paths.ts";
import { countOf, titleOf } from "../lib/titles.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Card, Page } from "../ui/page.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { ErrorState } from "../ui/states.tsx";
import { NotFound } from "./not-found.tsx";

export function Component() {
  const { id = "" } = useParams();
  const { conversation, error, refetch } = useConversation(id);
  usePageTitle(conversation === undefined ? "Conversation" : titleOf(conversation));

  if (conversation === undefined && error instanceof ApiError && error.status >= 400 && error.status < 500)
    return <NotFound />;
  if (conversation === undefined) {
    return error === null ? (
      <SkeletonRows count={6} label="Loading the conversation" />
    ) : (
      <ErrorState message={error.message} onRetry={refetch} />
    );
  }
  return (
    <Page
      title={titleOf(conversation)}
      lead={conversation.description ?? (conversation.kind === "group" ? "A group." : "A direct conversation.")}
      back={{ to: paths.allConversations, label: "Back to all conversations" }}
      actions={
        <ButtonLink to={paths.chat(id)} look="primary">
          Open chat
        </ButtonLink>
      }
    >
      <ConversationFacts conversation={conversation} />
      <h2 className="mt-8 mb-3 text-lg font-semibold">{countOf(conversation.member_count, "member")}</h2>
      <Card>
        <MemberList conversation={conversation} />
      </Card>
    </Page>
  );
}
