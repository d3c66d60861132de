import type { Conversation } from "@confab/shared/conversations";
import { type FormEvent, useCallback, useState } from "react";
import { fieldMessage } from "../../lib/api-error.ts";
import { countOf, titleOf } from "../../lib/titles.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { deleteGroup } from "./manage-group.ts";

interface DeleteGroupDialogProps {
  conversation: Conversation;
  onClose: () => void;
  /** The group is out of reach from here on. */
  onGone: () => void;
}

/** Nothing brings a deleted group back, so its name has to be typed. */
export function DeleteGroupDialog({ conversation, onClose, onGone }: DeleteGroupDialogProps) {
  const { id, last_seq, member_count } = conversation;
  const title = titleOf(conversation);
  const [typed, setTyped] = useState("");
  const remove = useAct(useCallback(() => deleteGroup(id, typed), [id, typed]));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await remove.run()) onGone();
  };
  const problem = fieldMessage(remove.failure, "name");
  return (
    <Dialog open onClose={onClose} title={`Delete ${title}?`}>
      <form onSubmit={submit} className="flex flex-col gap-4 overflow-y-auto p-5">
        {remove.failure !== null && problem === null && <Notice kind="error">{remove.failure.message}</Notice>}
        <p className="text-ink-soft">
          The group, its {countOf(last_seq, "message")} and its links are gone for good, for all{" "}
          {countOf(member_count, "member")}. Archive it instead to keep what was written.
        </p>
        <TextField
          label={`Type “${title}” to confirm`}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          problem={problem}
        />
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={remove.busy} disabled={typed.trim() !== title}>
            Delete group
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
