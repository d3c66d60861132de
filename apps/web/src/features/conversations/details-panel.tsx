import type { Conversation } from "@confab/shared/conversations";
import { X } from "lucide-react";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { paths } from "../../lib/paths.ts";
import { countOf } from "../../lib/titles.ts";
import { IconButton } from "../../ui/button.tsx";
import { useMediaQuery } from "../../ui/use-media-query.ts";
import { MemberList } from "./member-list.tsx";

const Dialog = lazy(async () => ({ default: (await import("../../ui/dialog.tsx")).Dialog }));

interface DetailsPanelProps {
  conversation: Conversation;
  open: boolean;
  onClose: () => void;
}

function Details({ conversation }: { conversation: Conversation }) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      {conversation.description && (
        <p className="border-b border-line px-4 py-3 text-sm wrap-anywhere text-ink-soft">{conversation.description}</p>
      )}
      <h3 className="px-4 pt-4 text-sm font-semibold text-ink-soft">{countOf(conversation.member_count, "member")}</h3>
      <MemberList conversation={conversation} />
      <p className="px-4 pb-6 text-sm">
        <Link
          to={paths.conversation(conversation.id)}
          className="rounded-sm text-accent underline-offset-4 hover:underline"
        >
          Open the details page
        </Link>
      </p>
    </div>
  );
}

/** Who is here, beside the messages where there is room for both, else above them. */
export function DetailsPanel({ conversation, open, onClose }: DetailsPanelProps) {
  const beside = useMediaQuery("(min-width: 70rem)");
  if (!open) return null;
  if (!beside) {
    return (
      <Suspense>
        <Dialog side open onClose={onClose} title="Details">
          <Details conversation={conversation} />
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
      <Details conversation={conversation} />
    </aside>
  );
}
