import type { ReactNode } from "react";

interface StatusPageProps {
  status: string;
  title: string;
  children: ReactNode;
  action: ReactNode;
}

/** A page that is there to say why there is no page. */
export function StatusPage({ status, title, children, action }: StatusPageProps) {
  return (
    <div className="flex h-full min-h-96 flex-col items-center justify-center gap-2 px-6 py-16 text-center">
      <p className="text-sm font-semibold text-accent tabular-nums">{status}</p>
      <h1 className="text-2xl font-semibold">{title}</h1>
      <p className="max-w-sm text-balance text-ink-muted">{children}</p>
      <div className="mt-5">{action}</div>
    </div>
  );
}
