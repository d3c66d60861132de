import type { Visit } from "@confab/shared/groups";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { groupsApi } from "../../lib/groups-api.ts";
import { formatFull, formatListTime } from "../../lib/time.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Button } from "../../ui/button.tsx";
import { Card, Section } from "../../ui/page.tsx";

const SHOWN_AT_FIRST = 5;

function VisitRow({ visit }: { visit: Visit }) {
  const user = usePerson(visit.user);
  const name = user?.username ?? "Deleted user";
  return (
    <li className="flex items-center gap-3 px-4 py-2 sm:px-5">
      <Avatar seed={user?.id ?? ""} name={name} />
      <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
      <time dateTime={visit.at} title={formatFull(visit.at)} className="shrink-0 text-sm text-ink-muted tabular-nums">
        {formatListTime(visit.at)}
      </time>
    </li>
  );
}

/** Which administrators have read here without being in it; nothing while nobody has. */
export function VisitList({ conversationId }: { conversationId: string }) {
  const visits = useQuery({
    queryKey: ["visits", conversationId],
    queryFn: () => groupsApi.listVisits(conversationId),
  });
  const [all, setAll] = useState(false);
  if (visits.data === undefined || visits.data.length === 0) return null;
  const shown = all ? visits.data : visits.data.slice(0, SHOWN_AT_FIRST);
  return (
    <Section title="Looked in from outside" lead="Administrators who read here without being members.">
      <Card>
        <ul aria-label="Visits" className="py-2">
          {shown.map((visit) => (
            <VisitRow key={`${visit.user?.id} ${visit.at}`} visit={visit} />
          ))}
        </ul>
        {shown.length < visits.data.length && (
          <div className="px-4 pb-3">
            <Button look="quiet" size="small" className="w-full" onClick={() => setAll(true)}>
              Show all {visits.data.length}
            </Button>
          </div>
        )}
      </Card>
    </Section>
  );
}
