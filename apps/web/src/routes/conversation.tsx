import type { Conversation } from "@confab/shared/conversations";
import { MessagesSquare, Pencil } from "lucide-react";
import { useCallback, useEffect } from "react";
import { useLocation, useNavigate, useParams } from "react-router";
import { ArchiveButton } from "../features/conversations/archive-button.tsx";
import { ConversationFacts } from "../features/conversations/conversation-facts.tsx";
import { GroupClosing } from "../features/conversations/group-closing.tsx";
import { MemberSection } from "../features/conversations/member-section.tsx";
import { useConversation } from "../features/conversations/use-conversation.ts";
import { useGroupDialog } from "../features/conversations/use-group-dialog.tsx";
import { VisitList } from "../features/conversations/visit-list.tsx";
import { InviteByLink } from "../features/invites/invite-by-link.tsx";
import { InviteList } from "../features/invites/invite-list.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { ApiError } from "../lib/api-error.ts";
import { paths } from "../lib/paths.ts";
import { titleOf } from "../lib/titles.ts";
import { usePerson } from "../stores/users.store.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page, Section } from "../ui/page.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { ErrorState } from "../ui/states.tsx";
import { Gone, useLastTitle } from "./gone.tsx";

function ArchivedNotice({ conversation }: { conversation: Conversation }) {
  return (
    <div className="mb-4">
      <Notice kind="info">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          This group is archived. It can be read, but nothing new is written in it.
          {conversation.can.archive && <ArchiveButton conversation={conversation} />}
        </div>
      </Notice>
    </div>
  );
}

function Details({ conversation, title }: { conversation: Conversation; title: string }) {
  const { id, kind, can, description, archived_at } = conversation;
  const navigate = useNavigate();
  const group = useGroupDialog(conversation);
  const { hash } = useLocation();
  useEffect(() => {
    if (hash !== "") document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash]);
  const onGone = useCallback(() => void navigate(paths.conversations), [navigate]);
  return (
    <Page
      title={title}
      lead={description ?? (kind === "group" ? "A group." : "A direct conversation.")}
      back={{ to: paths.allConversations, label: "Back to all conversations" }}
      actions={
        <div className="flex flex-wrap gap-2">
          {can.manage && (
            <Button onClick={() => group.open("edit")}>
              <Pencil aria-hidden size={16} />
              Edit
            </Button>
          )}
          <ButtonLink to={paths.chat(id)} look="primary">
            <MessagesSquare aria-hidden size={16} />
            Open chat
          </ButtonLink>
        </div>
      }
    >
      {archived_at !== null && <ArchivedNotice conversation={conversation} />}
      <ConversationFacts conversation={conversation} />
      <MemberSection conversation={conversation}>
        {can.manage && archived_at === null && <InviteByLink conversationId={id} title={title} look="small" />}
      </MemberSection>
      {can.manage && archived_at === null && (
        <Section
          id="links"
          title="Links"
          lead="Each lets people into this group, by a name alone if they have no account."
        >
          <InviteList conversationId={id} />
        </Section>
      )}
      {can.list_visits && <VisitList conversationId={id} />}
      {(can.leave || can.archive || can.delete) && (
        <Section title="Leaving and closing">
          <GroupClosing conversation={conversation} onGone={onGone} />
        </Section>
      )}
      {group.dialog}
    </Page>
  );
}

export function Component() {
  const { id = "" } = useParams();
  const { conversation, error, refetch } = useConversation(id);
  const other = usePerson(conversation?.other ?? null);
  const title = conversation === undefined ? null : titleOf(conversation, other);
  const lastTitle = useLastTitle(title);
  usePageTitle(title ?? "Conversation");

  if (conversation !== undefined && title !== null)
    return <Details key={id} conversation={conversation} title={title} />;
  if (error instanceof ApiError && error.status >= 400 && error.status < 500) return <Gone title={lastTitle} />;
  if (error === null) return <SkeletonRows count={6} label="Loading the conversation" />;
  return <ErrorState message={error.message} onRetry={refetch} />;
}
