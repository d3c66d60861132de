import { PASSWORD_MIN } from "@confab/shared/limits";
import type { Me } from "@confab/shared/users";
import { useCallback, useState } from "react";
import { formatFull } from "../../lib/time.ts";
import { PasswordField, TextField } from "../../ui/field.tsx";
import { AccountSection } from "./account-section.tsx";
import { claimAccount } from "./claim-account.ts";
import { SectionForm } from "./section-form.tsx";

interface ClaimSectionProps {
  me: Me;
  /** Whether the person came for this. */
  autoFocus: boolean;
  onDone: () => void;
}

/** For guests who want to stay. */
export function ClaimSection({ me, autoFocus, onDone }: ClaimSectionProps) {
  const [body, setBody] = useState({ email: "", password: "" });
  const claim = useCallback(async () => {
    await claimAccount(body);
    onDone();
  }, [body, onDone]);
  return (
    <AccountSection
      title="Keep this account"
      lead={
        <>
          {me.expires_at !== null && <>Your visit lasts until {formatFull(me.expires_at)}. </>}
          With an e-mail address and a password it never ends: your name, your conversations and all you wrote stay
          yours.
        </>
      }
    >
      <SectionForm button="Keep this account" done="It is yours." onSubmit={claim}>
        {(problemIn) => (
          <div className="flex max-w-md flex-col gap-5">
            <input type="text" name="username" autoComplete="username" value={me.username} readOnly hidden />
            <TextField
              label="E-mail address"
              name="email"
              type="email"
              autoComplete="email"
              autoFocus={autoFocus}
              required
              value={body.email}
              onChange={(event) => setBody({ ...body, email: event.target.value })}
              problem={problemIn("email")}
            />
            <PasswordField
              label="Password"
              name="password"
              autoComplete="new-password"
              required
              minLength={PASSWORD_MIN}
              value={body.password}
              onChange={(event) => setBody({ ...body, password: event.target.value })}
              problem={problemIn("password")}
              hint={`At least ${PASSWORD_MIN} characters. A short sentence is a good one.`}
            />
          </div>
        )}
      </SectionForm>
    </AccountSection>
  );
}
