import type { Person } from "@confab/shared/users";
import { type KeyboardEvent, useId, useState } from "react";
import { badgeOf } from "../../lib/titles.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { Chip } from "../../ui/chip.tsx";
import { classNames } from "../../ui/class-names.ts";
import { SearchField } from "../../ui/search-field.tsx";
import { PersonPicker } from "./person-picker.tsx";
import { usePeople } from "./use-people.ts";

interface PeopleChoiceProps {
  legend: string;
  hint: string;
  chosen: readonly Person[];
  onChange: (chosen: Person[]) => void;
  /** People who need not be chosen, and why. */
  taken?: { ids: ReadonlySet<string>; why: string };
  autoFocus?: boolean;
}

const NOBODY = { ids: new Set<string>(), why: "" };

/** The chosen ones, wherever the search has gone meanwhile. */
function ChosenPeople({ chosen, onRemove }: { chosen: readonly Person[]; onRemove: (person: Person) => void }) {
  if (chosen.length === 0) return null;
  return (
    <ul aria-label="Chosen people" className="flex max-h-32 flex-wrap gap-1.5 overflow-y-auto px-3 pt-3">
      {chosen.map((person) => (
        <li key={person.id} className="flex max-w-full">
          <Chip label={person.username} remove={`Remove ${person.username}`} onRemove={() => onRemove(person)}>
            <Avatar seed={person.id} name={person.username} size="small" />
          </Chip>
        </li>
      ))}
    </ul>
  );
}

interface PersonOptionProps {
  person: Person;
  checked: boolean;
  /** Why this person cannot be chosen; null for everybody else. */
  taken: string | null;
  onToggle: () => void;
}

function PersonOption({ person, checked, taken, onToggle }: PersonOptionProps) {
  return (
    <label
      className={classNames(
        "tap-target flex w-full items-center gap-3 rounded-md px-2.5 py-1.5",
        taken === null && "hover:bg-hover",
      )}
    >
      <input
        type="checkbox"
        name="members"
        value={person.id}
        checked={checked || taken !== null}
        disabled={taken !== null}
        onChange={onToggle}
        className="size-4.5 shrink-0 accent-accent"
      />
      <Avatar seed={person.id} name={person.username} />
      <span className="flex min-w-0 flex-1">
        <NameWithBadge name={person.username} badge={badgeOf(person)} />
      </span>
      {taken !== null && <span className="shrink-0 text-sm text-ink-muted">{taken}</span>}
    </label>
  );
}

/** Several people out of a few or of thousands. */
export function PeopleChoice({ legend, hint, chosen, onChange, taken = NOBODY, autoFocus = false }: PeopleChoiceProps) {
  const [typed, setTyped] = useState("");
  const people = usePeople(typed);
  const searchId = useId();
  const toggle = (person: Person) => {
    const others = chosen.filter(({ id }) => id !== person.id);
    onChange(others.length < chosen.length ? others : [...chosen, person]);
  };
  const remove = (person: Person) => {
    toggle(person);
    // The pressed button is gone with its chip; the focus must not be lost with it.
    document.getElementById(searchId)?.focus();
  };
  const keyDown = (event: KeyboardEvent) => {
    const last = chosen.at(-1);
    if (event.key === "Backspace" && typed === "" && last !== undefined) toggle(last);
    // Enter belongs to the search here; the form around it must not be sent half filled in.
    if (event.key === "Enter") event.preventDefault();
  };
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 flex w-full items-baseline justify-between gap-3 text-sm font-medium">
        {legend}
        <span aria-live="polite" className="text-right font-normal text-ink-muted">
          {chosen.length === 0 ? hint : `${chosen.length.toLocaleString("en")} chosen`}
        </span>
      </legend>
      <div className="overflow-hidden rounded-lg border border-line bg-surface shadow-raised">
        <ChosenPeople chosen={chosen} onRemove={remove} />
        <div className="border-b border-line p-3">
          <SearchField
            id={searchId}
            label="Search people"
            autoFocus={autoFocus}
            value={typed}
            onValueChange={setTyped}
            onKeyDown={keyDown}
          />
        </div>
        <div className="h-72 overflow-y-auto p-2">
          <PersonPicker people={people} typed={typed}>
            {(person) => (
              <PersonOption
                person={person}
                checked={chosen.some(({ id }) => id === person.id)}
                taken={taken.ids.has(person.id) ? taken.why : null}
                onToggle={() => toggle(person)}
              />
            )}
          </PersonPicker>
        </div>
      </div>
    </fieldset>
  );
}
