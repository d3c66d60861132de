import { type ReactNode, useId } from "react";
import { Card } from "../../ui/page.tsx";

interface AccountSectionProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

/** One matter of the account, under a heading of its own. */
export function AccountSection({ title, lead, children }: AccountSectionProps) {
  const id = useId();
  return (
    <Card>
      <section aria-labelledby={id}>
        <div className="px-4 pt-4 pb-5 sm:px-6 sm:pt-5">
          <h2 id={id} className="text-lg font-semibold">
            {title}
          </h2>
          {lead !== undefined && <p className="mt-0.5 text-pretty text-ink-muted">{lead}</p>}
        </div>
        {children}
      </section>
    </Card>
  );
}

/** The bar below a section, with what can be done in it. */
export function SectionFooter({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line bg-sunken px-4 py-3 sm:px-6">
      {children}
    </div>
  );
}
