import type { Conversation } from "@confab/shared/conversations";
import { CONVERSATION_DESCRIPTION_MAX, CONVERSATION_NAME_MAX } from "@confab/shared/limits";
import { type FormEvent, useCallback, useState } from "react";
import { fieldMessage } from "../../lib/api-error.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { updateGroup } from "./manage-group.ts";

/** Renames a group and says what it is for. */
export function EditGroupDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id } = conversation;
  const [name, setName] = useState(conversation.name ?? "");
  const [description, setDescription] = useState(conversation.description ?? "");
  const save = useAct(useCallback(() => updateGroup(id, { name, description }), [id, name, description]));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await save.run()) onClose();
  };
  const nameProblem = fieldMessage(save.failure, "name");
  const descriptionProblem = fieldMessage(save.failure, "description");
  return (
    <Dialog open onClose={onClose} title="Name and description">
      <form onSubmit={submit} className="flex flex-col gap-4 overflow-y-auto p-5">
        {save.failure !== null && nameProblem === null && descriptionProblem === null && (
          <Notice kind="error">{save.failure.message}</Notice>
        )}
        <TextField
          label="Name"
          required
          autoFocus
          maxLength={CONVERSATION_NAME_MAX}
          value={name}
          onChange={(event) => setName(event.target.value)}
          problem={nameProblem}
        />
        <TextField
          label="Description"
          optional
          maxLength={CONVERSATION_DESCRIPTION_MAX}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
          problem={descriptionProblem}
          hint="What it is for, in one sentence."
        />
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
