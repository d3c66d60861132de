import type { Conversation } from "@confab/shared/conversations";
import { Archive, ArchiveRestore } from "lucide-react";
import { useCallback } from "react";
import { Button } from "../../ui/button.tsx";
import { useAct } from "../../ui/use-act.ts";
import { archiveGroup, restoreGroup } from "./manage-group.ts";

/** Archives a group, or brings it back. Nothing is lost by either, so neither asks. */
export function ArchiveButton({ conversation }: { conversation: Conversation }) {
  const { id, archived_at } = conversation;
  const isArchived = archived_at !== null;
  const change = useAct(useCallback(() => (isArchived ? restoreGroup : archiveGroup)(id), [id, isArchived]));
  const Icon = isArchived ? ArchiveRestore : Archive;
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-x-3 gap-y-1">
      {change.failure !== null && (
        <span role="alert" className="text-sm text-danger">
          {change.failure.message}
        </span>
      )}
      <Button size="small" busy={change.busy} onClick={() => change.run()}>
        {!change.busy && <Icon aria-hidden size={15} />}
        {isArchived ? "Restore" : "Archive"}
      </Button>
    </span>
  );
}
