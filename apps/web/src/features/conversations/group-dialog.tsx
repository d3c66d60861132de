import type { Conversation } from "@confab/shared/conversations";
import { AddPeopleDialog } from "./add-people-dialog.tsx";
import { DeleteGroupDialog } from "./delete-group-dialog.tsx";
import { EditGroupDialog } from "./edit-group-dialog.tsx";
import { LeaveGroupDialog } from "./leave-group-dialog.tsx";

export type GroupAct = "edit" | "add_people" | "leave" | "delete";

interface GroupDialogProps {
  act: GroupAct;
  conversation: Conversation;
  onClose: () => void;
  onGone: () => void;
}

/** The acts on a group that ask something first. Loaded when the first is wanted. */
export function GroupDialog({ act, conversation, onClose, onGone }: GroupDialogProps) {
  switch (act) {
    case "edit":
      return <EditGroupDialog conversation={conversation} onClose={onClose} />;
    case "add_people":
      return <AddPeopleDialog conversation={conversation} onClose={onClose} />;
    case "leave":
      return <LeaveGroupDialog conversation={conversation} onClose={onClose} onGone={onGone} />;
    case "delete":
      return <DeleteGroupDialog conversation={conversation} onClose={onClose} onGone={onGone} />;
  }
}
