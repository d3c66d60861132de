import type { Conversation } from "@confab/shared/conversations";
import { LogOut, Settings2, UserPlus, X } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { paths } from "../../lib/paths.ts";
import { countOf } from "../../lib/titles.ts";
import { Button, ButtonLink, IconButton } from "../../ui/button.tsx";
import { useMediaQuery } from "../../ui/use-media-query.ts";
import { MemberList } from "./member-list.tsx";
import { useGroupDialog } from "./use-group-dialog.tsx";

const Dialog = lazy(async () => ({ default: (await import("../../ui/dialog.tsx")).Dialog }));

interface DetailsProps {
  conversation: Conversation;
  /** Stands first among what can be done. */
  invite: ReactNode;
  /** The group has been left. */
  onGone: () => void;
}

interface DetailsPanelProps extends DetailsProps {
  open: boolean;
  onClose: () => void;
}

function Details({ conversation, invite, onGone }: DetailsProps) {
  const { can } = conversation;
  const group = useGroupDialog(conversation, onGone);
  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {conversation.description && (
          <p className="border-b border-line px-4 py-3 text-sm wrap-anywhere text-ink-soft">
            {conversation.description}
          </p>
        )}
        <div className="flex flex-col gap-2 border-b border-line p-4 empty:hidden">
          {invite}
          {can.change_members && (
            <Button onClick={() => group.open("add_people")}>
              <UserPlus aria-hidden size={16} />
              Add people
            </Button>
          )}
        </div>
        <h3 className="px-4 pt-4 pb-1 text-sm font-semibold text-ink-soft">
          {countOf(conversation.member_count, "member")}
        </h3>
        <MemberList conversation={conversation} />
      </div>
      {/* Outside what scrolls: past some hundred members nobody would find it. */}
      <div className="flex shrink-0 gap-2 border-t border-line px-4 py-3">
        <ButtonLink to={paths.conversation(conversation.id)} size="small" className="flex-1">
          <Settings2 aria-hidden size={15} />
          {can.manage ? "Manage group" : "All details"}
        </ButtonLink>
        {can.leave && (
          <Button look="quiet-danger" size="small" onClick={() => group.open("leave")}>
            <LogOut aria-hidden size={15} />
            Leave
          </Button>
        )}
      </div>
      {group.dialog}
    </>
  );
}

/** Who is here, beside the messages where there is room for both, else above them. */
export function DetailsPanel({ open, onClose, ...details }: DetailsPanelProps) {
  const beside = useMediaQuery("(min-width: 70rem)");
  if (!open) return null;
  if (!beside) {
    return (
      <Suspense>
        <Dialog side open onClose={onClose} title="Details">
          <Details {...details} />
        </Dialog>
      </Suspense>
    );
  }
  return (
    <aside aria-label="Details" className="flex w-76 shrink-0 flex-col border-l border-line bg-canvas">
      <div className="flex h-15 shrink-0 items-center justify-between border-b border-line pr-3 pl-4">
        <h2 className="font-semibold">Details</h2>
        <IconButton label="Close details" onClick={onClose}>
          <X aria-hidden size={18} />
        </IconButton>
      </div>
      <Details {...details} />
    </aside>
  );
}
