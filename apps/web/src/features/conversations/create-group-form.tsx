import { CONVERSATION_DESCRIPTION_MAX, CONVERSATION_NAME_MAX } from "@confab/shared/limits";
import type { Person } from "@confab/shared/users";
import { type FormEvent, useCallback, useState } from "react";
import { fieldMessage } from "../../lib/api-error.ts";
import { paths } from "../../lib/paths.ts";
import { useSession } from "../../stores/session.store.ts";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { createGroup } from "./create-group.ts";
import { PeopleChoice } from "./people-choice.tsx";

export function CreateGroupForm({ onDone }: { onDone: (conversationId: string) => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const cancelTo = useSession((state) => (state.me?.can.manage_workspace ? paths.groups : paths.conversations));
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      const member_ids = chosen.map(({ id }) => id);
      onDone(await createGroup({ name, ...(description.trim() === "" ? {} : { description }), member_ids }));
    }, [name, description, chosen, onDone]),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  const nameProblem = fieldMessage(failure, "name");
  const descriptionProblem = fieldMessage(failure, "description");
  return (
    <form onSubmit={submit} className="flex max-w-xl flex-col gap-6">
      {failure !== null && nameProblem === null && descriptionProblem === null && (
        <Notice kind="error">{failure.message}</Notice>
      )}
      <TextField
        label="Name"
        required
        maxLength={CONVERSATION_NAME_MAX}
        autoFocus
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
      <PeopleChoice legend="Members" hint="You are in it anyway" chosen={chosen} onChange={setChosen} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="primary" busy={busy}>
          Create group
        </Button>
        <ButtonLink to={cancelTo} look="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
