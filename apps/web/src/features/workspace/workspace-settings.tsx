import type { WorkspaceSettings as Settings } from "@confab/shared/workspace";
import { Check } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ChoiceList } from "../../ui/choice-list.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Card } from "../../ui/page.tsx";
import { Select } from "../../ui/select.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useBriefly } from "../../ui/use-briefly.ts";
import { useLater } from "../../ui/use-later.ts";
import { lifetimeChoices } from "./lifetime-choices.ts";
import { useUpdateWorkspace, useWorkspace } from "./use-workspace.ts";

const REGISTRATION = [
  { value: "open", label: "Open", hint: "Anybody who can reach this address can make an account." },
  { value: "invite", label: "By invitation", hint: "Only with one of the links below." },
  { value: "closed", label: "Closed", hint: "Only administrators make accounts. The links below let nobody in." },
] as const;

const GROUP_CREATION = [
  { value: "admins", label: "Administrators" },
  { value: "users", label: "Administrators and users", hint: "Guests never can." },
] as const;

const SAVING_SHOWN_AFTER_MS = 400;

interface SettingProps {
  settings: Settings;
  children: (settings: Settings, change: (changes: Partial<Settings>) => void) => ReactNode;
}

/** Some settings that are saved as they are changed; what was not saved goes back to what it was, and says why. */
function Setting({ settings, children }: SettingProps) {
  const [saved, saySaved] = useBriefly();
  const { mutate, isPending, error } = useUpdateWorkspace(saySaved);
  // Kept here, not read from the mutation, which tells of itself a moment later: until then the choice would jump back.
  const [chosen, choose] = useState<Partial<Settings>>({});
  const change = (changes: Partial<Settings>) => {
    choose(changes);
    mutate(changes, { onSettled: () => choose({}) });
  };
  const isSlow = useLater(isPending, SAVING_SHOWN_AFTER_MS);
  return (
    <Card>
      <div className="relative flex flex-col gap-4 p-4 sm:p-5">
        <p
          role="status"
          className="absolute top-4 right-4 inline-flex items-center gap-1.5 text-sm text-accent sm:top-5 sm:right-5"
        >
          {isSlow && <Spinner size={14} />}
          {isSlow && "Saving"}
          {saved && !isPending && <Check aria-hidden size={15} />}
          {saved && !isPending && "Saved"}
        </p>
        {children({ ...settings, ...chosen }, change)}
        {error !== null && !isPending && <Notice kind="error">{error.message}</Notice>}
      </div>
    </Card>
  );
}

/** Who may come in, how long guests may stay, and who may create groups. */
export function WorkspaceSettings() {
  const workspace = useWorkspace();
  if (workspace.isError) return <ErrorState message={workspace.error.message} onRetry={() => workspace.refetch()} />;
  if (workspace.data === undefined) return <SkeletonRows count={4} label="Loading settings" />;
  return (
    <div className="flex flex-col gap-4">
      <Setting settings={workspace.data}>
        {({ registration }, change) => (
          <ChoiceList
            legend="Registration"
            value={registration}
            choices={REGISTRATION}
            onChoose={(chosen) => change({ registration: chosen })}
          />
        )}
      </Setting>
      <Setting settings={workspace.data}>
        {({ guests, guest_ttl_hours }, change) => (
          <>
            <Switch
              label="Guests"
              hint="They come in by a name alone and see only the conversations they are in."
              checked={guests}
              onChange={(checked) => change({ guests: checked })}
            />
            <Select
              label="A visit lasts"
              value={String(guest_ttl_hours)}
              choices={lifetimeChoices(guest_ttl_hours)}
              disabled={!guests}
              onChoose={(hours) => change({ guest_ttl_hours: Number(hours) })}
              className="max-w-48"
            />
          </>
        )}
      </Setting>
      <Setting settings={workspace.data}>
        {({ group_creation }, change) => (
          <ChoiceList
            legend="Who can create groups"
            value={group_creation}
            choices={GROUP_CREATION}
            onChoose={(chosen) => change({ group_creation: chosen })}
          />
        )}
      </Setting>
    </div>
  );
}
