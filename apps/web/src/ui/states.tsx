import { CloudOff, type LucideIcon, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** What stands where nothing is yet, and the step that changes it. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center gap-2 px-6 py-10 text-center">
      <span className="mb-2 inline-flex size-12 items-center justify-center rounded-lg bg-accent-soft text-accent">
        <Icon aria-hidden size={22} />
      </span>
      <p className="font-semibold">{title}</p>
      {children !== undefined && <p className="text-sm text-balance text-ink-muted">{children}</p>}
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}

export function ErrorState({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <div role="alert" className="mx-auto flex max-w-sm flex-col items-center gap-2 px-6 py-10 text-center">
      <span className="mb-2 inline-flex size-12 items-center justify-center rounded-lg bg-danger-soft text-danger">
        <CloudOff aria-hidden size={22} />
      </span>
      <p className="font-semibold">This could not be loaded</p>
      <p className="text-sm text-balance text-ink-muted">{message}</p>
      <Button size="small" className="mt-3" onClick={onRetry}>
        <RotateCw aria-hidden size={14} />
        Try again
      </Button>
    </div>
  );
}
