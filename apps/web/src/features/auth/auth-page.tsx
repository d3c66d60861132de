import type { ReactNode } from "react";
import { Link } from "react-router";
import { ProductMark } from "../../ui/product-mark.tsx";
import { useDocumentTitle } from "../../ui/use-document-title.ts";

interface AuthPageProps {
  title: string;
  lead?: ReactNode;
  /** Stands in the place of title and lead. */
  heading?: ReactNode;
  children?: ReactNode;
  /** Other ways in. */
  links?: ReactNode;
}

/** The frame of the pages before the conversation list: one card in the middle. */
export function AuthPage({ title, lead, heading, children, links }: AuthPageProps) {
  useDocumentTitle(title);
  return (
    <main className="auth-backdrop flex min-h-dvh flex-col items-center px-4 pt-[max(2rem,5dvh)] pb-10 sm:pt-[max(2.5rem,9dvh)]">
      <div className="mb-6 flex items-center gap-2.5 sm:mb-7">
        <ProductMark size={34} />
        <span className="text-xl font-semibold tracking-tight">Confab</span>
      </div>
      <div className="rise-in w-full max-w-[25.5rem] overflow-hidden rounded-lg bg-surface p-6 shadow-floating sm:p-8">
        {heading ?? (
          <>
            <h1 className="text-xl font-semibold">{title}</h1>
            <p className="mt-1 mb-6 text-base text-pretty text-ink-muted">{lead}</p>
          </>
        )}
        {children}
      </div>
      {links !== undefined && (
        <nav aria-label="Other ways in" className="mt-6 flex flex-col items-center gap-1 text-base text-ink-muted">
          {links}
        </nav>
      )}
    </main>
  );
}

export function AuthLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} className="rounded-sm py-1 font-medium text-accent underline-offset-4 hover:underline">
      {children}
    </Link>
  );
}
