import { Switch as Base } from "@base-ui/react/switch";

interface SwitchProps {
  label: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** Something that is on or off, and takes effect at once. The whole row can be pressed. */
export function Switch({ label, hint, checked, disabled = false, onChange }: SwitchProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside brings its own hidden input.
    <label className="tap-target flex items-center justify-between gap-6">
      <span className="min-w-0">
        <span className="block font-medium">{label}</span>
        {hint !== undefined && <span className="block text-sm text-ink-muted">{hint}</span>}
      </span>
      <Base.Root
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        className="relative h-6 w-10.5 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors duration-100 data-checked:bg-accent data-disabled:opacity-55"
      >
        <Base.Thumb className="block size-5 rounded-full bg-surface shadow-raised transition-transform duration-100 data-checked:translate-x-4.5" />
      </Base.Root>
    </label>
  );
}
