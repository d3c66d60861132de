import { USERNAME_MAX } from "@confab/shared/limits";
import type { Flash } from "@confab/shared/workspace";
import { type FormEvent, useCallback, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { useAct } from "../../ui/use-act.ts";
import { AuthProblem } from "./auth-problem.tsx";
import { enterAsGuest } from "./enter-as-guest.ts";
import { useFormProblems } from "./use-form-problems.ts";

interface GuestFormProps {
  flash: Flash | null;
  onDone: () => void;
}

export function GuestForm({ flash, onDone }: GuestFormProps) {
  const [username, setUsername] = useState(flash?.values?.username ?? "");
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      await enterAsGuest(username);
    }, [username]),
  );
  const problemOf = useFormProblems(failure);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await run()) onDone();
  };

  return (
    <form method="post" action="/guest" onSubmit={submit} className="flex flex-col gap-5">
      <AuthProblem failure={failure} flash={flash} />
      <TextField
        label="Your name"
        name="username"
        autoComplete="nickname"
        autoFocus
        required
        maxLength={USERNAME_MAX}
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        problem={problemOf("username")}
        hint="Others see it beside what you write."
      />
      <Button type="submit" look="primary" size="large" busy={busy}>
        Enter as guest
      </Button>
    </form>
  );
}
