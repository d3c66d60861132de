import { LANGUAGES, type Language, type Me } from "@confab/shared/users";
import { useCallback } from "react";
import { sentenceFor } from "../../lib/api-error.ts";
import { setTheme, useTheme } from "../../stores/theme.store.ts";
import { Notice } from "../../ui/notice.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Select } from "../../ui/select.tsx";
import { THEMES } from "../../ui/themes.ts";
import { useAct } from "../../ui/use-act.ts";
import { AccountSection } from "./account-section.tsx";
import { updateProfile } from "./update-profile.ts";

const CHOICES = Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }));

/** How the app looks on this browser, and which language it is to speak. Both hold at once. */
export function AppearanceSection({ me }: { me: Me }) {
  const theme = useTheme((state) => state.theme);
  const { busy, failure, run } = useAct(
    useCallback(async (language: Language) => {
      await updateProfile({ language });
    }, []),
  );
  return (
    <AccountSection title="Appearance and language">
      <div className="flex flex-col gap-6 px-4 pb-6 sm:px-6">
        {failure !== null && <Notice kind="error">{sentenceFor(failure)}</Notice>}
        <Segments legend="Theme on this browser" value={theme} choices={THEMES} onChoose={setTheme} />
        <div className="flex max-w-md flex-col gap-1.5">
          <Select
            label="Language"
            value={me.language as Language}
            choices={CHOICES}
            disabled={busy}
            onChoose={(language) => void run(language)}
          />
          <p className="text-sm text-ink-muted">
            Confab speaks English so far. Your choice is kept with your account for the day it speaks yours.
          </p>
        </div>
      </div>
    </AccountSection>
  );
}
