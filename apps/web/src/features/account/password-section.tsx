import { PASSWORD_MIN } from "@confab/shared/limits";
import type { Me } from "@confab/shared/users";
import { useCallback, useState } from "react";
import { PasswordField } from "../../ui/field.tsx";
import { AccountSection } from "./account-section.tsx";
import { changePassword } from "./change-password.ts";
import { SectionForm } from "./section-form.tsx";

export function PasswordSection({ me }: { me: Me }) {
  const [body, setBody] = useState({ password: "", new_password: "" });
  const save = useCallback(async () => {
    await changePassword(body);
    setBody({ password: "", new_password: "" });
  }, [body]);
  return (
    <AccountSection
      title="Password"
      lead="Changing it signs you out everywhere else: on other devices, and in programs that use your account."
    >
      <SectionForm
        button="Change password"
        done="Your password is changed, and all other sessions have ended."
        isChanged={body.password !== "" || body.new_password !== ""}
        onSubmit={save}
      >
        {(problemIn) => (
          <div className="flex max-w-md flex-col gap-5">
            {/* Tells a password manager whose password it is. */}
            <input type="text" name="username" autoComplete="username" value={me.username} readOnly hidden />
            <PasswordField
              label="Current password"
              name="password"
              autoComplete="current-password"
              required
              value={body.password}
              onChange={(event) => setBody({ ...body, password: event.target.value })}
              problem={problemIn("password")}
            />
            <PasswordField
              label="New password"
              name="new_password"
              autoComplete="new-password"
              required
              minLength={PASSWORD_MIN}
              value={body.new_password}
              onChange={(event) => setBody({ ...body, new_password: event.target.value })}
              problem={problemIn("new_password")}
              hint={`At least ${PASSWORD_MIN} characters. A short sentence is a good one.`}
            />
          </div>
        )}
      </SectionForm>
    </AccountSection>
  );
}
