import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { classNames } from "./class-names.ts";

const INPUT =
  "h-11 w-full rounded-md border bg-surface px-3.5 text-base text-ink shadow-raised transition-colors duration-100 max-sm:text-[1rem]";

interface FieldProps extends Omit<ComponentProps<"input">, "id"> {
  label: string;
  hint?: ReactNode;
  /** A sentence about what is wrong; null when nothing is. */
  problem?: string | null | undefined;
  optional?: boolean;
}

interface FrameProps {
  id: string;
  label: string;
  hint: ReactNode;
  problem: string | null | undefined;
  optional: boolean;
  children: ReactNode;
}

/** "must not be empty" about "Name" becomes "Name must not be empty."; whole sentences stay as they are. */
function sentenceOf(label: string, problem: string): string {
  return /^[a-z]/.test(problem) ? `${label} ${problem.replace(/\.$/, "")}.` : problem;
}

function FieldFrame({ id, label, hint, problem, optional, children }: FrameProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {optional && <span className="text-xs text-ink-muted">Optional</span>}
      </div>
      {children}
      {problem ? (
        <p id={`${id}-note`} className="text-sm text-danger">
          {sentenceOf(label, problem)}
        </p>
      ) : (
        hint !== undefined && (
          <p id={`${id}-note`} className="text-sm text-ink-muted">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

export function TextField({ label, hint, problem, optional = false, className, ...rest }: FieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} problem={problem} optional={optional}>
      <input
        {...rest}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || hint !== undefined ? `${id}-note` : undefined}
        className={classNames(INPUT, problem ? "border-danger" : "border-line-strong", className)}
      />
    </FieldFrame>
  );
}

export function PasswordField({ label, hint, problem, className, ...rest }: Omit<FieldProps, "type" | "optional">) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <FieldFrame id={id} label={label} hint={hint} problem={problem} optional={false}>
      <div className="relative">
        <input
          {...rest}
          id={id}
          type={shown ? "text" : "password"}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem || hint !== undefined ? `${id}-note` : undefined}
          className={classNames(INPUT, "pr-12", problem ? "border-danger" : "border-line-strong", className)}
        />
        <button
          type="button"
          aria-label={shown ? "Hide what is typed" : "Show what is typed"}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 right-0 inline-flex w-11 items-center justify-center rounded-md text-ink-muted hover:text-ink"
        >
          <Icon aria-hidden size={17} />
        </button>
      </div>
    </FieldFrame>
  );
}
