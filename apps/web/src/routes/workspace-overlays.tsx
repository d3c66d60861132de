import { NewConversationDialog } from "../features/conversations/new-conversation-dialog.tsx";
import { QuickSwitcher } from "../features/conversations/quick-switcher.tsx";
import { ShortcutHelp } from "../features/navigation/shortcut-help.tsx";
import { countOf } from "../lib/titles.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";

interface WorkspaceOverlaysProps {
  overlay: "new" | "switcher" | "shortcuts" | "sign_out";
  onClose: () => void;
  onLeave: () => void;
  unsent: number;
}

/** What may lie above the workspace, one at a time. Loaded when the first is asked for. */
export function WorkspaceOverlays({ overlay, onClose, onLeave, unsent }: WorkspaceOverlaysProps) {
  switch (overlay) {
    case "new":
      return <NewConversationDialog open onClose={onClose} />;
    case "switcher":
      return <QuickSwitcher onClose={onClose} />;
    case "shortcuts":
      return <ShortcutHelp onClose={onClose} />;
    case "sign_out":
      return (
        <ConfirmDialog
          title="Sign out?"
          message={`${countOf(unsent, "message")} could not be sent yet. Signing out deletes what was not sent.`}
          confirm="Delete and sign out"
          onConfirm={onLeave}
          onClose={onClose}
        />
      );
  }
}
