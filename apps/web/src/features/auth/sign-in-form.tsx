import type { Flash } from "@confab/shared/workspace";
import { type FormEvent, useCallback, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { PasswordField, TextField } from "../../ui/field.tsx";
import { useAct } from "../../ui/use-act.ts";
import { AuthProblem } from "./auth-problem.tsx";
import { signIn } from "./sign-in.ts";
import { useFormProblems } from "./use-form-problems.ts";

interface SignInFormProps {
  flash: Flash | null;
  onDone: () => void | Promise<void>;
}

export function SignInForm({ flash, onDone }: SignInFormProps) {
  const known = flash?.values?.username ?? "";
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState("");
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      await signIn({ username, password });
      await onDone();
    }, [username, password, onDone]),
  );
  const problemOf = useFormProblems(failure);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };

  return (
    <form method="post" action="/login" onSubmit={submit} className="flex flex-col gap-5">
      <AuthProblem failure={failure} flash={flash} />
      <TextField
        label="Username or e-mail"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={known === ""}
        required
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        problem={problemOf("username")}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        autoFocus={known !== ""}
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        problem={problemOf("password")}
      />
      <Button type="submit" look="primary" size="large" busy={busy}>
        Sign in
      </Button>
    </form>
  );
}
