import type { Me } from "@confab/shared/users";
import { type FormEvent, useCallback, useState } from "react";
import { sentenceFor } from "../../lib/api-error.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { PasswordField, TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { deleteAccount } from "./delete-account.ts";
import { isBesideField, problemOf } from "./form-problems.ts";

interface DeleteDialogProps {
  me: Me;
  onDone: () => void | Promise<void>;
  onClose: () => void;
}

/** The last question before an account is gone. */
export function DeleteDialog({ me, onDone, onClose }: DeleteDialogProps) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const hasPassword = me.role !== "guest";
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      await deleteAccount({ username, ...(hasPassword ? { password } : {}) });
      await onDone();
    }, [username, hasPassword, password, onDone]),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog open onClose={onClose} title="Delete your account?">
      <form onSubmit={submit} className="flex min-h-0 flex-col gap-5 overflow-y-auto p-5">
        {failure !== null && !isBesideField(failure) && <Notice kind="error">{sentenceFor(failure)}</Notice>}
        <div className="flex flex-col gap-2 text-ink-soft">
          <p>This removes your name, {hasPassword && "your e-mail address "}and your place in every conversation.</p>
          <p>What you wrote stays for the others, under “Deleted user”. There is no way back.</p>
        </div>
        <TextField
          label={`Type “${me.username}” to confirm`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          problem={problemOf(failure, "username")}
        />
        {hasPassword && (
          <PasswordField
            label="Your password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            problem={problemOf(failure, "password")}
          />
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={busy} disabled={username.trim() !== me.username}>
            Delete my account
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
