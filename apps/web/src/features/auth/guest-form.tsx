import { USERNAME_MAX } from "@confab/shared/limits";
import type { Flash } from "@confab/shared/workspace";
import { type FormEvent, useCallback, useState } from "react";
import { ApiError } from "../../lib/api-error.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { useAct } from "../../ui/use-act.ts";
import { AuthProblem } from "./auth-problem.tsx";
import { enterAsGuest } from "./enter-as-guest.ts";
import { suggestName } from "./suggest-name.ts";
import { useFormProblems } from "./use-form-problems.ts";

interface GuestFormProps {
  flash: Flash | null;
  /** The secret of the invite somebody comes with. It stands after the #, so the form then needs the script. */
  invite?: string;
  button: string;
  onDone: () => void | Promise<void>;
}

/** A name is all a guest needs. */
export function GuestForm({ flash, invite, button, onDone }: GuestFormProps) {
  const [username, setUsername] = useState(flash?.values?.username ?? "");
  const [tried, setTried] = useState("");
  const { busy, failure, run } = useAct(
    useCallback(
      async (name: string) => {
        await enterAsGuest({ username: name, ...(invite === undefined ? {} : { invite }) });
        await onDone();
      },
      [invite, onDone],
    ),
  );
  const problemOf = useFormProblems(failure);
  const isTaken = failure instanceof ApiError && failure.code === "username_taken" && username === tried;

  const enter = (name: string) => {
    setUsername(name);
    setTried(name);
    void run(name);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter(username);
  };

  return (
    <form
      {...(invite === undefined ? { method: "post", action: "/guest" } : {})}
      onSubmit={submit}
      className="flex flex-col gap-5"
    >
      <AuthProblem failure={failure} flash={flash} />
      <div className="flex flex-col items-start gap-2 *:first:w-full">
        <TextField
          label="Your name"
          name="username"
          autoComplete="nickname"
          enterKeyHint="go"
          autoFocus
          required
          maxLength={USERNAME_MAX}
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          problem={problemOf("username")}
          hint="Others see it beside what you write."
        />
        {isTaken && (
          <Button size="small" onClick={() => enter(suggestName(tried))}>
            Take “{suggestName(tried)}” instead
          </Button>
        )}
      </div>
      <Button type="submit" look="primary" size="large" busy={busy}>
        {button}
      </Button>
    </form>
  );
}
