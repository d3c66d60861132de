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
  /** Why the last attempt to sign out failed. */
  problem: string | null;
}

/** What may lie above the workspace, one at a time. Loaded when the first is asked for. */
export function WorkspaceOverlays({ overlay, onClose, onLeave, unsent, problem }: WorkspaceOverlaysProps) {
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
          message={
            unsent > 0
              ? `${countOf(unsent, "message")} could not be sent yet. Signing out deletes what was not sent.`
              : "You are still signed in on this browser."
          }
          problem={problem}
          confirm={unsent > 0 ? "Delete and sign out" : "Sign out"}
          onConfirm={onLeave}
          onClose={onClose}
        />
      );
  }
}
