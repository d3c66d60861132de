import { X } from "lucide-react";
import type { ReactNode } from "react";

interface ChipProps {
  label: string;
  /** What pressing the cross does, for assistive technology. */
  remove: string;
  onRemove: () => void;
  /** A small picture before the label. */
  children?: ReactNode;
}

/** Something chosen, which can be let go again. */
export function Chip({ label, remove, onRemove, children }: ChipProps) {
  return (
    <span className="inline-flex h-8 min-w-0 items-center gap-1.5 rounded-full bg-accent-soft pl-1 text-sm font-medium text-accent-strong">
      {children}
      <span className="truncate">{label}</span>
      <button
        type="button"
        aria-label={remove}
        onClick={onRemove}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-full transition-colors hover:bg-hover"
      >
        <X aria-hidden size={14} />
      </button>
    </span>
  );
}
