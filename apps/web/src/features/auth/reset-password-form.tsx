import { PASSWORD_MIN } from "@confab/shared/limits";
import { type FormEvent, useCallback, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { PasswordField } from "../../ui/field.tsx";
import { useAct } from "../../ui/use-act.ts";
import { AuthProblem } from "./auth-problem.tsx";
import { resetPassword } from "./reset-password.ts";
import { useFormProblems } from "./use-form-problems.ts";

interface ResetPasswordFormProps {
  /** The secret of the link. */
  token: string;
  onDone: (username: string) => void | Promise<void>;
}

/** A new password for whoever has the link to set one. */
export function ResetPasswordForm({ token, onDone }: ResetPasswordFormProps) {
  const [password, setPassword] = useState("");
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      await onDone(await resetPassword({ token, password }));
    }, [token, password, onDone]),
  );
  const problemOf = useFormProblems(failure);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <AuthProblem failure={failure} flash={null} />
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        enterKeyHint="go"
        autoFocus
        required
        minLength={PASSWORD_MIN}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        problem={problemOf("password")}
        hint={`At least ${PASSWORD_MIN} characters. A short sentence is a good one.`}
      />
      <Button type="submit" look="primary" size="large" busy={busy}>
        Set password
      </Button>
    </form>
  );
}
