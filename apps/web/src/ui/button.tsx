import type { ComponentProps, ReactNode } from "react";
import { Link } from "react-router";
import { classNames } from "./class-names.ts";
import { Spinner } from "./spinner.tsx";

type Look = "primary" | "plain" | "quiet" | "danger" | "plain-danger" | "quiet-danger";
type Size = "small" | "medium" | "large";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong shadow-raised",
  plain: "border border-line bg-surface text-ink hover:bg-hover shadow-raised",
  quiet: "text-ink-soft hover:bg-hover hover:text-ink",
  danger: "bg-danger text-on-danger hover:opacity-90",
  "plain-danger": "border border-line bg-surface text-danger hover:bg-danger-soft shadow-raised",
  "quiet-danger": "text-danger hover:bg-danger-soft",
};

const SIZES: Record<Size, string> = {
  small: "h-8 gap-1.5 px-3 text-sm",
  medium: "h-9.5 gap-2 px-4 text-base",
  large: "h-11 gap-2 px-5 text-base",
};

function classesOf(look: Look, size: Size, extra: string | undefined): string {
  return classNames(
    "tap-target inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors duration-100",
    "disabled:pointer-events-none disabled:opacity-55 aria-disabled:opacity-55",
    LOOKS[look],
    SIZES[size],
    extra,
  );
}

interface ButtonProps extends ComponentProps<"button"> {
  look?: Look;
  size?: Size;
  busy?: boolean;
}

export function Button({
  look = "plain",
  size = "medium",
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classesOf(look, size, className)}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

interface ButtonLinkProps extends ComponentProps<typeof Link> {
  look?: Look;
  size?: Size;
}

export function ButtonLink({ look = "plain", size = "medium", className, ...rest }: ButtonLinkProps) {
  return <Link {...rest} className={classesOf(look, size, className)} />;
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  label: string;
  children: ReactNode;
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={classNames(
        "tap-target inline-flex size-9 shrink-0 items-center justify-center rounded-md text-ink-muted transition-colors duration-100",
        "hover:bg-hover hover:text-ink aria-expanded:bg-hover aria-expanded:text-ink disabled:pointer-events-none disabled:opacity-55",
        className,
      )}
    >
      {children}
    </button>
  );
}
