import { USERNAME_MAX } from "@confab/shared/limits";
import type { Me } from "@confab/shared/users";
import { useCallback, useState } from "react";
import { formatFull } from "../../lib/time.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { TextField } from "../../ui/field.tsx";
import { AccountSection } from "./account-section.tsx";
import { SectionForm } from "./section-form.tsx";
import { updateProfile } from "./update-profile.ts";

/** The name and the picture drawn from it, as others see them. */
export function ProfileSection({ me }: { me: Me }) {
  const [username, setUsername] = useState(me.username);
  const save = useCallback(async () => setUsername((await updateProfile({ username })).username), [username]);
  return (
    <AccountSection
      title="Profile"
      lead={
        <>
          How others see you. Your picture is drawn from your name.
          {me.expires_at !== null && !me.can.claim_account && <> Your visit lasts until {formatFull(me.expires_at)}.</>}
        </>
      }
    >
      <SectionForm button="Save name" done="Saved." isChanged={username.trim() !== me.username} onSubmit={save}>
        {(problemIn) => (
          <div className="flex items-start gap-4">
            <div className="pt-4.5">
              <Avatar seed={me.id} name={username.trim() || me.username} size="large" />
            </div>
            <div className="min-w-0 max-w-md flex-1">
              <TextField
                label="Username"
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                required
                maxLength={USERNAME_MAX}
                value={username}
                onChange={(event) => setUsername(event.target.value)}
                problem={problemIn("username")}
              />
            </div>
          </div>
        )}
      </SectionForm>
    </AccountSection>
  );
}
