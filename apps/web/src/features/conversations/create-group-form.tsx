import { CONVERSATION_DESCRIPTION_MAX, CONVERSATION_NAME_MAX } from "@confab/shared/limits";
import type { Person } from "@confab/shared/users";
import { type FormEvent, useCallback, useState } from "react";
import { fieldMessage } from "../../lib/api-error.ts";
import { paths } from "../../lib/paths.ts";
import { badgeOf } from "../../lib/titles.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { useAct } from "../../ui/use-act.ts";
import { createGroup } from "./create-group.ts";
import { PersonPicker } from "./person-picker.tsx";
import { usePeople } from "./use-people.ts";

interface MemberChoiceProps {
  chosen: ReadonlySet<string>;
  onToggle: (person: Person) => void;
}

function MemberChoice({ chosen, onToggle }: MemberChoiceProps) {
  const [typed, setTyped] = useState("");
  const people = usePeople(typed);
  return (
    <fieldset>
      <legend className="mb-1.5 flex w-full items-baseline justify-between text-sm font-medium">
        Members <span className="font-normal text-ink-muted">{chosen.size} chosen; you are in it anyway</span>
      </legend>
      <div className="overflow-hidden rounded-lg border border-line bg-surface shadow-raised">
        <div className="border-b border-line p-3">
          <SearchField
            label="Search people"
            value={typed}
            onValueChange={setTyped}
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          />
        </div>
        <div className="h-72 overflow-y-auto p-2">
          <PersonPicker people={people} typed={typed}>
            {(person) => (
              <label className="tap-target flex w-full items-center gap-3 rounded-md px-2.5 py-1.5 hover:bg-hover">
                <input
                  type="checkbox"
                  name="members"
                  value={person.id}
                  checked={chosen.has(person.id)}
                  onChange={() => onToggle(person)}
                  className="size-4.5 accent-accent"
                />
                <Avatar seed={person.id} name={person.username} />
                <NameWithBadge name={person.username} badge={badgeOf(person)} />
              </label>
            )}
          </PersonPicker>
        </div>
      </div>
    </fieldset>
  );
}

export function CreateGroupForm({ onDone }: { onDone: (conversationId: string) => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = ({ id }: Person) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      onDone(
        await createGroup({ name, ...(description.trim() === "" ? {} : { description }), member_ids: [...chosen] }),
      );
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
      <MemberChoice chosen={chosen} onToggle={toggle} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="primary" busy={busy}>
          Create group
        </Button>
        <ButtonLink to={paths.groups} look="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
