import type { LucideIcon } from "lucide-react";
import { useId } from "react";

interface SegmentsProps<Value extends string> {
  legend: string;
  value: Value;
  choices: ReadonlyArray<{ value: Value; label: string; icon: LucideIcon }>;
  onChoose: (value: Value) => void;
}

/** One of a few short values, side by side; takes effect at once. */
export function Segments<Value extends string>({ legend, value, choices, onChoose }: SegmentsProps<Value>) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <div className="flex w-full max-w-md gap-1 rounded-md bg-sunken p-1">
        {choices.map(({ value: each, label, icon: Icon }) => (
          <label
            key={each}
            className="tap-target relative flex h-9 flex-auto cursor-pointer items-center justify-center gap-2 rounded-sm px-2 text-sm font-medium whitespace-nowrap text-ink-muted transition-colors duration-100 hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:shadow-raised has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={each}
              checked={each === value}
              onChange={() => onChoose(each)}
              className="absolute inset-0 cursor-pointer opacity-0"
            />
            <Icon aria-hidden size={15} className="shrink-0" />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
