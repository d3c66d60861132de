import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const TONES = {
  neutral: "bg-hover text-ink-soft",
  accent: "bg-accent-soft text-accent-strong",
  warning: "bg-warning-soft text-warning",
};

export function Badge({ tone = "neutral", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span
      className={classNames(
        "inline-flex h-4.5 shrink-0 items-center rounded-sm px-1.5 text-[0.6875rem] font-medium",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

/** A name with the mark that belongs to it, cut short before the mark is. */
export function NameWithBadge({ name, badge, className }: { name: string; badge: string | null; className?: string }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <span className={classNames("truncate", className)}>{name}</span>
      {badge !== null && <Badge tone="warning">{badge}</Badge>}
    </span>
  );
}
