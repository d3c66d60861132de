import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

interface BackLinkProps {
  to: string;
  label: string;
}

/** The way back on a narrow window, where only one column is shown. */
export function BackLink({ to, label }: BackLinkProps) {
  return (
    <Link
      to={to}
      aria-label={label}
      className="tap-target -ml-2 inline-flex size-9 shrink-0 items-center justify-center rounded-md text-ink-soft hover:bg-hover md:hidden"
    >
      <ArrowLeft aria-hidden size={20} />
    </Link>
  );
}

interface PageProps {
  title: string;
  lead?: ReactNode;
  back?: BackLinkProps;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page that scrolls as a whole: title, one sentence, actions, content. */
export function Page({ title, lead, back, actions, children }: PageProps) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-3xl px-4 pt-5 pb-16 sm:px-8 md:pt-10">
        <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="min-w-0">
            <div className="flex items-start gap-1">
              {back && <BackLink {...back} />}
              <h1 className="min-w-0 text-2xl font-semibold text-balance wrap-anywhere pointer-coarse:max-md:pt-1">
                {title}
              </h1>
            </div>
            {lead !== undefined && <p className="mt-1 wrap-anywhere text-ink-muted">{lead}</p>}
          </div>
          {actions}
        </header>
        {children}
      </div>
    </div>
  );
}

interface SectionProps {
  /** For links that lead to this part. */
  id?: string;
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Section({ id, title, lead, actions, children }: SectionProps) {
  return (
    <section id={id} className="mt-9 scroll-mt-4">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{title}</h2>
          {lead !== undefined && <p className="text-sm text-ink-muted">{lead}</p>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** A bordered surface that holds a list. */
export function Card({ children }: { children: ReactNode }) {
  return <div className="overflow-hidden rounded-lg border border-line bg-surface shadow-raised">{children}</div>;
}
