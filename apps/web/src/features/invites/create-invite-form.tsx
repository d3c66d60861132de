import type { CreateInviteBody, Invite } from "@confab/shared/invites";
import { INVITE_LABEL_MAX, INVITE_USES_MAX } from "@confab/shared/limits";
import { type FormEvent, useCallback, useState } from "react";
import { fieldMessage } from "../../lib/api-error.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import { useAct } from "../../ui/use-act.ts";
import { useCreateInvite } from "./use-invites.ts";

const EXPIRIES = [
  { value: "24", label: "1 day" },
  { value: "168", label: "7 days" },
  { value: "720", label: "30 days" },
  { value: "never", label: "Never" },
] as const;
type Expiry = (typeof EXPIRIES)[number]["value"];

interface CreateInviteFormProps {
  conversationId: string | null;
  onCreated: (invite: Invite) => void;
  onCancel: () => void;
}

export function CreateInviteForm({ conversationId, onCreated, onCancel }: CreateInviteFormProps) {
  const [label, setLabel] = useState("");
  const [expiry, setExpiry] = useState<Expiry>("168");
  const [uses, setUses] = useState("");
  const createInvite = useCreateInvite(conversationId);
  const { busy, failure, run } = useAct(
    useCallback(async (body: CreateInviteBody) => onCreated(await createInvite(body)), [createInvite, onCreated]),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run({
      ...(label.trim() !== "" && { label }),
      ...(expiry !== "never" && { expires_in_hours: Number(expiry) }),
      ...(uses !== "" && { uses_max: Number(uses) }),
    });
  };
  const labelProblem = fieldMessage(failure, "label");
  const usesProblem = fieldMessage(failure, "uses_max");
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4 sm:p-5">
      {failure !== null && labelProblem === null && usesProblem === null && (
        <Notice kind="error">{failure.message}</Notice>
      )}
      <TextField
        label="Label"
        optional
        autoFocus
        maxLength={INVITE_LABEL_MAX}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
        problem={labelProblem}
        hint="Only for you, to tell your links apart."
      />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-4">
        <Select
          label="Expires after"
          value={expiry}
          choices={EXPIRIES}
          onChoose={setExpiry}
          className="[&_button]:h-11"
        />
        <TextField
          label="People at most"
          type="number"
          inputMode="numeric"
          min={1}
          max={INVITE_USES_MAX}
          placeholder="No limit"
          value={uses}
          onChange={(event) => setUses(event.target.value)}
          problem={usesProblem}
        />
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" busy={busy}>
          Create link
        </Button>
      </div>
    </form>
  );
}
