import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { useId } from "react";
import { classNames } from "./class-names.ts";

export interface Choice<Value extends string> {
  value: Value;
  label: string;
}

export interface ChoiceGroup<Value extends string> {
  label: string;
  choices: ReadonlyArray<Choice<Value>>;
}

interface SelectProps<Value extends string> {
  label: string;
  /** Keeps the label for assistive technology only, where the chosen value explains itself. */
  bare?: boolean;
  value: Value;
  choices: ReadonlyArray<Choice<Value>>;
  /** Stand below the choices that belong to no group. */
  groups?: ReadonlyArray<ChoiceGroup<Value>>;
  onChoose: (value: Value) => void;
  disabled?: boolean;
  className?: string;
}

const TRIGGER =
  "flex h-10 w-full items-center justify-between gap-2 rounded-md border border-line-strong bg-surface px-3 text-left text-base text-ink max-sm:h-11 max-sm:text-[1rem] data-popup-open:bg-hover disabled:opacity-55";
const POPUP =
  "max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-lg bg-surface p-1.5 text-ink shadow-floating outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0";
const ITEM =
  "tap-target flex cursor-default items-center gap-2.5 rounded-sm py-1.5 pr-2.5 pl-2.5 text-base outline-none select-none data-highlighted:bg-hover";

function SelectItem<Value extends string>({ value, label }: Choice<Value>) {
  return (
    <Base.Item value={value} className={ITEM}>
      <Base.ItemText className="flex-1">{label}</Base.ItemText>
      <Base.ItemIndicator>
        <Check aria-hidden size={16} className="text-accent" />
      </Base.ItemIndicator>
    </Base.Item>
  );
}

/** One of several named values. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, bare = false, value, choices, groups = [], onChoose, disabled = false, className } = props;
  const id = useId();
  const items = [...choices, ...groups.flatMap((group) => group.choices)];
  return (
    <div className={classNames("flex flex-col gap-1.5", className)}>
      <span id={id} className={bare ? "sr-only" : "text-sm font-medium"}>
        {label}
      </span>
      <Base.Root
        items={items}
        value={value}
        disabled={disabled}
        onValueChange={(next) => next !== null && onChoose(next)}
      >
        <Base.Trigger aria-labelledby={`${id} ${id}-value`} className={TRIGGER}>
          <Base.Value id={`${id}-value`} className="truncate" />
          <ChevronDown aria-hidden size={16} className="shrink-0 text-ink-muted" />
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner alignItemWithTrigger={false} sideOffset={6} collisionPadding={8} className="z-60">
            <Base.Popup className={POPUP}>
              {choices.map((choice) => (
                <SelectItem key={choice.value} {...choice} />
              ))}
              {groups.map((group) => (
                <Base.Group key={group.label}>
                  <Base.GroupLabel className="px-2.5 pt-2.5 pb-1 text-xs font-medium text-ink-muted">
                    {group.label}
                  </Base.GroupLabel>
                  {group.choices.map((choice) => (
                    <SelectItem key={choice.value} {...choice} />
                  ))}
                </Base.Group>
              ))}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  );
}
