import type { Conversation } from "@confab/shared/conversations";
import type { Person } from "@confab/shared/users";
import { useCallback, useMemo, useState } from "react";
import { countOf, titleOf } from "../../lib/titles.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { addMembers } from "./manage-group.ts";
import { PeopleChoice } from "./people-choice.tsx";
import { useMembers } from "./use-members.ts";

/** Brings people into a group. */
export function AddPeopleDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id } = conversation;
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const { members } = useMembers(conversation);
  const taken = useMemo(() => ({ ids: new Set(members.map(({ user }) => user.id)), why: "Already in it" }), [members]);
  const add = useAct(
    useCallback(
      () =>
        addMembers(
          id,
          chosen.map((person) => person.id),
        ),
      [id, chosen],
    ),
  );
  return (
    <Dialog open onClose={onClose} title={`Add people to ${titleOf(conversation)}`}>
      <div className="flex flex-col gap-3 overflow-y-auto p-4 sm:p-5">
        {add.failure !== null && <Notice kind="error">{add.failure.message}</Notice>}
        <PeopleChoice
          legend="People"
          hint="They can read what was written before"
          chosen={chosen}
          onChange={setChosen}
          taken={taken}
          autoFocus
        />
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-3 sm:px-5">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          busy={add.busy}
          disabled={chosen.length === 0}
          onClick={async () => {
            if (await add.run()) onClose();
          }}
        >
          {chosen.length === 0 ? "Add" : `Add ${countOf(chosen.length, "person", "people")}`}
        </Button>
      </div>
    </Dialog>
  );
}
