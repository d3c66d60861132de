import type { Me } from "@confab/shared/users";
import { useCallback, useState } from "react";
import { PasswordField, TextField } from "../../ui/field.tsx";
import { AccountSection } from "./account-section.tsx";
import { changeEmail } from "./change-email.ts";
import { SectionForm } from "./section-form.tsx";

export function EmailSection({ me }: { me: Me }) {
  const [email, setEmail] = useState(me.email ?? "");
  const [password, setPassword] = useState("");
  const isChanged = email.trim() !== (me.email ?? "");
  const save = useCallback(async () => {
    setEmail((await changeEmail({ email, password })).email ?? "");
    setPassword("");
  }, [email, password]);
  return (
    <AccountSection title="E-mail" lead="You can sign in with it instead of your name. Only administrators see it.">
      <SectionForm button="Change e-mail" done="Your e-mail address is changed." isChanged={isChanged} onSubmit={save}>
        {(problemIn) => (
          <div className="flex max-w-md flex-col gap-5">
            <TextField
              label="E-mail address"
              name="email"
              type="email"
              autoComplete="email"
              required
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              problem={problemIn("email")}
            />
            {isChanged && (
              <PasswordField
                label="Your password"
                name="password"
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                problem={problemIn("password")}
                hint="To make sure that it is you."
              />
            )}
          </div>
        )}
      </SectionForm>
    </AccountSection>
  );
}
