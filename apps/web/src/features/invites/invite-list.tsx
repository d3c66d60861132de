import type { Invite } from "@confab/shared/invites";
import { Link2, Plus } from "lucide-react";
import { useCallback, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { LinkField } from "../../ui/link-field.tsx";
import { Card } from "../../ui/page.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { CreateInviteForm } from "./create-invite-form.tsx";
import { InviteRow } from "./invite-row.tsx";
import { endOf, linkOf } from "./invite-state.ts";
import { useInvites } from "./use-invites.ts";

const EMPTY = {
  conversation: "Whoever opens a link comes in: by a name alone as a guest, or with an account.",
  account: "Whoever opens a link can make an account here, also while registration is by invitation.",
};

type Top = { shows: "button" } | { shows: "form" } | { shows: "link"; invite: Invite };

interface TopOfListProps {
  conversationId: string | null;
  top: Top;
  onChange: (top: Top) => void;
}

/** Where a link is made, and shown once it is. */
function TopOfList({ conversationId, top, onChange }: TopOfListProps) {
  const showForm = useCallback(() => onChange({ shows: "form" }), [onChange]);
  const showButton = useCallback(() => onChange({ shows: "button" }), [onChange]);
  const showLink = useCallback((invite: Invite) => onChange({ shows: "link", invite }), [onChange]);
  if (top.shows === "form")
    return <CreateInviteForm conversationId={conversationId} onCreated={showLink} onCancel={showButton} />;
  if (top.shows === "button")
    return (
      <div className="p-3 sm:px-4">
        <Button size="small" onClick={showForm}>
          <Plus aria-hidden size={15} />
          New link
        </Button>
      </div>
    );
  return (
    <div role="status" className="flex flex-col gap-3 bg-accent-soft p-4 sm:p-5">
      <LinkField label="Your link is ready" link={linkOf(top.invite)} title={top.invite.label || "Confab"} />
      <div className="flex justify-end">
        <Button size="small" onClick={showButton}>
          Done
        </Button>
      </div>
    </div>
  );
}

/** The links into one conversation, or (null) those to an account of one's own: to make, hand over and revoke. */
export function InviteList({ conversationId }: { conversationId: string | null }) {
  const invites = useInvites(conversationId);
  const [top, setTop] = useState<Top>({ shows: "button" });
  // A link that was revoked since must not be handed over any more.
  const isOver =
    invites.data?.some((invite) => top.shows === "link" && invite.id === top.invite.id && endOf(invite)) === true;
  if (invites.isError) return <ErrorState message={invites.error.message} onRetry={() => invites.refetch()} />;
  return (
    <Card>
      <TopOfList conversationId={conversationId} top={isOver ? { shows: "button" } : top} onChange={setTop} />
      <div className="border-t border-line">
        {invites.data === undefined && <SkeletonRows count={2} label="Loading links" />}
        {invites.data?.length === 0 && (
          <EmptyState icon={Link2} title="No links yet">
            {conversationId === null ? EMPTY.account : EMPTY.conversation}
          </EmptyState>
        )}
        {invites.data !== undefined && invites.data.length > 0 && (
          <ul aria-label="Links" className="@container divide-y divide-line">
            {invites.data.map((invite) => (
              <InviteRow key={invite.id} invite={invite} />
            ))}
          </ul>
        )}
        <ShowMore list={invites} className="m-3" />
      </div>
    </Card>
  );
}
