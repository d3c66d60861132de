import type { AuditEvent } from "@confab/shared/audit";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import { formatDay, isSameDay } from "../../lib/time.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/page.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { AuditEventRow } from "./audit-event-row.tsx";
import { type AuditForm, EVERYTHING, filterOf } from "./audit-filter.ts";
import { AuditFilterBar } from "./audit-filter-bar.tsx";
import { useAudit } from "./use-audit.ts";

/** The events, which are in order of time, day by day. */
function daysOf(events: AuditEvent[]): AuditEvent[][] {
  const days: AuditEvent[][] = [];
  for (const event of events) {
    const day = days.at(-1);
    if (day?.[0] !== undefined && isSameDay(day[0].at, event.at)) day.push(event);
    else days.push([event]);
  }
  return days;
}

function Day({ events }: { events: AuditEvent[] }) {
  const [first] = events;
  if (first === undefined) return null;
  const day = formatDay(first.at);
  return (
    <section aria-label={day}>
      <h2 className="mb-2 text-sm font-semibold text-ink-muted">{day}</h2>
      <Card>
        <ul className="divide-y divide-line">
          {events.map((event) => (
            <AuditEventRow key={event.id} event={event} />
          ))}
        </ul>
      </Card>
    </section>
  );
}

function Events({ form, onClear }: { form: AuditForm; onClear: () => void }) {
  const audit = useAudit(form);
  if (audit.isError) return <ErrorState message={audit.error.message} onRetry={() => audit.refetch()} />;
  if (audit.data === undefined) return <SkeletonRows count={6} label="Loading the audit log" />;
  if (audit.data.length === 0)
    return Object.keys(filterOf(form)).length === 0 ? (
      <EmptyState icon={ScrollText} title="Nothing noted yet">
        Whenever somebody changes accounts, groups, links or settings, it is noted here.
      </EmptyState>
    ) : (
      <EmptyState
        icon={ScrollText}
        title="Nothing fits"
        action={
          <Button size="small" onClick={onClear}>
            Show everything
          </Button>
        }
      >
        Nothing of this kind was noted in this time.
      </EmptyState>
    );
  return (
    <div aria-busy={audit.isPlaceholderData || undefined} className="flex flex-col gap-6">
      {daysOf(audit.data).map((events) => (
        <Day key={events[0]?.id} events={events} />
      ))}
      <ShowMore list={audit} />
    </div>
  );
}

/** Who did what to whom, when and from where; to be searched, and to be taken along as a file. */
export function AuditLog() {
  const [form, setForm] = useState(EVERYTHING);
  return (
    <div className="flex flex-col gap-6">
      <AuditFilterBar form={form} onChange={setForm} />
      <Events form={form} onClear={() => setForm(EVERYTHING)} />
    </div>
  );
}
