import type { Conversation } from "@confab/shared/conversations";
import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/page.tsx";
import { ArchiveButton } from "./archive-button.tsx";
import { useGroupDialog } from "./use-group-dialog.tsx";

function Step({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-3.5 sm:px-5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-ink-muted">{hint}</p>
      </div>
      {children}
    </li>
  );
}

/** The ways out of a group: for oneself, for a while, for good. */
export function GroupClosing({ conversation, onGone }: { conversation: Conversation; onGone: () => void }) {
  const { can, archived_at } = conversation;
  const group = useGroupDialog(conversation, onGone);
  return (
    <Card>
      <ul aria-label="Leaving and closing" className="divide-y divide-line">
        {can.leave && (
          <Step title="Leave" hint="You lose sight of the group; what you have written stays.">
            <Button size="small" onClick={() => group.open("leave")}>
              Leave group
            </Button>
          </Step>
        )}
        {can.archive && (
          <Step
            title={archived_at === null ? "Archive" : "Restore"}
            hint={
              archived_at === null
                ? "Everything can still be read, but nothing new is written. It can be restored at any time."
                : "Everybody in it can write again."
            }
          >
            <ArchiveButton conversation={conversation} />
          </Step>
        )}
        {can.delete && (
          <Step title="Delete" hint="The group and everything in it is gone for good.">
            <Button size="small" look="plain-danger" onClick={() => group.open("delete")}>
              Delete group
            </Button>
          </Step>
        )}
      </ul>
      {group.dialog}
    </Card>
  );
}
