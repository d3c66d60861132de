import type { Invite } from "@confab/shared/invites";
import { Link2 } from "lucide-react";
import { paths } from "../../lib/paths.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { LinkField } from "../../ui/link-field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { expiryOf, linkOf, usesOf } from "./invite-state.ts";

const SENTENCES = {
  copied: "The link is copied. Paste it into a mail or another chat.",
  shared: "The link is on its way.",
  shown: null,
};

interface InviteByLinkDialogProps {
  conversationId: string;
  title: string;
  shown: { invite: Invite; outcome: keyof typeof SENTENCES } | null;
  /** Why there is no link. */
  problem: string | null;
  onClose: () => void;
}

/** The link into a group, and what became of it. */
export function InviteByLinkDialog({ conversationId, title, shown, problem, onClose }: InviteByLinkDialogProps) {
  const sentence = shown === null ? null : SENTENCES[shown.outcome];
  return (
    <Dialog open onClose={onClose} title={`Invite people to ${title}`}>
      <div className="flex flex-col gap-4 p-5">
        {problem !== null && <Notice kind="error">{problem}</Notice>}
        {sentence !== null && <Notice kind="success">{sentence}</Notice>}
        {shown !== null && (
          <>
            <LinkField label="Link" link={linkOf(shown.invite)} title={title} />
            <p className="text-sm text-ink-muted">
              Whoever opens it comes in by a name alone, or with their account. {usesOf(shown.invite)},{" "}
              {expiryOf(shown.invite)}.
            </p>
          </>
        )}
        <div className="flex justify-end">
          <ButtonLink to={`${paths.conversation(conversationId)}#links`} size="small" onClick={onClose}>
            <Link2 aria-hidden size={15} />
            All links
          </ButtonLink>
        </div>
      </div>
    </Dialog>
  );
}
