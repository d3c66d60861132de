import type { Conversation } from "@confab/shared/conversations";
import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import type { GroupAct } from "./group-dialog.tsx";

const GroupDialog = lazy(async () => ({ default: (await import("./group-dialog.tsx")).GroupDialog }));

/**
 * Opens the dialogs of a group. `dialog` belongs inside whatever holds the buttons, so that a dialog above a panel is
 * known to be the panel's own. `onGone` is called when the group is out of reach.
 */
export function useGroupDialog(
  conversation: Conversation,
  onGone?: () => void,
): { open: (act: GroupAct) => void; dialog: ReactNode } {
  const [act, setAct] = useState<GroupAct | null>(null);
  const close = useCallback(() => setAct(null), []);
  const gone = useCallback(() => {
    setAct(null);
    onGone?.();
  }, [onGone]);
  const dialog = act !== null && (
    <Suspense>
      <GroupDialog act={act} conversation={conversation} onClose={close} onGone={gone} />
    </Suspense>
  );
  return { open: setAct, dialog };
}
