import { type ComponentProps, useId } from "react";
import { classNames } from "./class-names.ts";

interface DateFieldProps extends Omit<ComponentProps<"input">, "id" | "type" | "onChange" | "value"> {
  label: string;
  /** As in "2026-11-22"; "" for none. */
  value: string;
  onValueChange: (value: string) => void;
}

/** A day, chosen by whatever the browser offers for it. */
export function DateField({ label, value, onValueChange, className, ...rest }: DateFieldProps) {
  const id = useId();
  return (
    <div className={classNames("flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        type="date"
        value={value}
        onChange={(event) => onValueChange(event.target.value)}
        className="h-10 w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 text-base text-ink max-sm:h-11 max-sm:text-[1rem]"
      />
    </div>
  );
}
