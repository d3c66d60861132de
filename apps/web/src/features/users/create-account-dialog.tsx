import type { CreateAccountAnswer, CreateAccountBody } from "@confab/shared/accounts";
import { USERNAME_MAX } from "@confab/shared/limits";
import { type FormEvent, useCallback, useState } from "react";
import { fieldMessage } from "../../lib/api-error.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import { useAct } from "../../ui/use-act.ts";
import { PasswordLink } from "./password-link.tsx";
import { useCreateAccount } from "./use-accounts.ts";

const ROLES = [
  { value: "user", label: "User" },
  { value: "admin", label: "Administrator" },
] as const;

interface CreateAccountFormProps {
  onCreated: (answer: CreateAccountAnswer) => void;
  onCancel: () => void;
}

function CreateAccountForm({ onCreated, onCancel }: CreateAccountFormProps) {
  const [body, setBody] = useState<CreateAccountBody>({ username: "", email: "", role: "user" });
  const createAccount = useCreateAccount();
  const { busy, failure, run } = useAct(
    useCallback(async () => onCreated(await createAccount(body)), [createAccount, body, onCreated]),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  const problems = { username: fieldMessage(failure, "username"), email: fieldMessage(failure, "email") };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 overflow-y-auto p-5">
      {failure !== null && problems.username === null && problems.email === null && (
        <Notice kind="error">{failure.message}</Notice>
      )}
      <TextField
        label="Name"
        autoComplete="off"
        autoFocus
        required
        maxLength={USERNAME_MAX}
        value={body.username}
        onChange={(event) => setBody({ ...body, username: event.target.value })}
        problem={problems.username}
      />
      <TextField
        label="E-mail"
        type="email"
        autoComplete="off"
        required
        value={body.email}
        onChange={(event) => setBody({ ...body, email: event.target.value })}
        problem={problems.email}
        hint="Nothing is sent to it. You get a link to hand over."
      />
      <Select
        label="Role"
        value={body.role}
        choices={ROLES}
        onChoose={(role) => setBody({ ...body, role })}
        className="[&_button]:h-11"
      />
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" busy={busy}>
          Create user
        </Button>
      </div>
    </form>
  );
}

/** A new account, and then the link by which its owner sets a password. */
export function CreateAccountDialog({ onClose }: { onClose: () => void }) {
  const [created, setCreated] = useState<CreateAccountAnswer | null>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title={created === null ? "Create user" : `${created.account.username} has an account`}
    >
      {created === null ? (
        <CreateAccountForm onCreated={setCreated} onCancel={onClose} />
      ) : (
        <div className="flex flex-col gap-5 p-5">
          <PasswordLink name={created.account.username} reset={created.password_reset} />
          <div className="flex justify-end">
            <Button onClick={onClose}>Done</Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
