import { useId } from "react";

interface ChoiceListProps<Value extends string> {
  legend: string;
  value: Value;
  choices: ReadonlyArray<{ value: Value; label: string; hint?: string }>;
  disabled?: boolean;
  onChoose: (value: Value) => void;
}

/** One of a few values that are worth a sentence each, all of them in view. */
export function ChoiceList<Value extends string>(props: ChoiceListProps<Value>) {
  const { legend, value, choices, disabled = false, onChoose } = props;
  const name = useId();
  return (
    <fieldset disabled={disabled}>
      <legend className="mb-1 font-medium">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="tap-target flex items-start gap-3 py-1.5">
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChoose(choice.value)}
            className="mt-0.5 size-4.5 shrink-0 accent-accent"
          />
          <span className="min-w-0">
            <span className="block">{choice.label}</span>
            {choice.hint !== undefined && <span className="block text-sm text-ink-muted">{choice.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
