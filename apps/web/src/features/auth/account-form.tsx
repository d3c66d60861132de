import type { RegisterBody } from "@confab/shared/auth";
import { PASSWORD_MIN, USERNAME_MAX } from "@confab/shared/limits";
import type { Flash } from "@confab/shared/workspace";
import { type FormEvent, useCallback, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { PasswordField, TextField } from "../../ui/field.tsx";
import { useAct } from "../../ui/use-act.ts";
import { AuthProblem } from "./auth-problem.tsx";
import { useFormProblems } from "./use-form-problems.ts";

interface AccountFormProps {
  flash: Flash | null;
  /** Where the form goes when the script has not loaded; null when it needs the script. */
  action: string | null;
  onSubmit: (body: RegisterBody) => Promise<void>;
  onDone: () => void | Promise<void>;
}

/** A new account: for somebody registering, and for the first administrator. */
export function AccountForm({ flash, action, onSubmit, onDone }: AccountFormProps) {
  const [body, setBody] = useState({
    username: flash?.values?.username ?? "",
    email: flash?.values?.email ?? "",
    password: "",
  });
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      await onSubmit(body);
      await onDone();
    }, [onSubmit, onDone, body]),
  );
  const problemOf = useFormProblems(failure);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  const change = (field: keyof typeof body) => (event: { target: { value: string } }) =>
    setBody({ ...body, [field]: event.target.value });

  return (
    <form {...(action === null ? {} : { method: "post", action })} onSubmit={submit} className="flex flex-col gap-5">
      <AuthProblem failure={failure} flash={flash} />
      <TextField
        label="Username"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        maxLength={USERNAME_MAX}
        value={body.username}
        onChange={change("username")}
        problem={problemOf("username")}
      />
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="email"
        required
        value={body.email}
        onChange={change("email")}
        problem={problemOf("email")}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        minLength={PASSWORD_MIN}
        value={body.password}
        onChange={change("password")}
        problem={problemOf("password")}
        hint={`At least ${PASSWORD_MIN} characters. A short sentence is a good one.`}
      />
      <Button type="submit" look="primary" size="large" busy={busy}>
        Create account
      </Button>
    </form>
  );
}
