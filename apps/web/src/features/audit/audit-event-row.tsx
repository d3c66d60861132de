import type { AuditEvent } from "@confab/shared/audit";
import { Eye, KeyRound, Link2, LogOut, type LucideIcon, SlidersHorizontal, UserRound, UsersRound } from "lucide-react";
import { formatClock, formatFull } from "../../lib/time.ts";
import { auditSentence } from "./audit-sentence.ts";

const ICONS: Record<string, LucideIcon> = {
  account: UserRound,
  conversation: Eye,
  group: UsersRound,
  invite: Link2,
  member: UsersRound,
  password: KeyRound,
  password_reset: KeyRound,
  session: LogOut,
  workspace: SlidersHorizontal,
};

function Sentence({ event }: { event: AuditEvent }) {
  const keyed = auditSentence(event).map((part, index) => ({ part, key: `part ${index}` }));
  return (
    <p className="wrap-anywhere">
      {keyed.map(({ part, key }) =>
        typeof part === "string" ? (
          <span key={key} className="text-ink-soft">
            {part}
          </span>
        ) : (
          <span key={key} className="font-medium">
            {part.name}
          </span>
        ),
      )}
    </p>
  );
}

export function AuditEventRow({ event }: { event: AuditEvent }) {
  const Icon = ICONS[event.action.split(".")[0] ?? ""] ?? UserRound;
  return (
    <li className="flex items-start gap-3 px-4 py-3 sm:px-5">
      <span className="inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-hover text-ink-muted">
        <Icon aria-hidden size={16} />
      </span>
      <div className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-baseline sm:gap-6 sm:pt-1.5">
        <div className="min-w-0 flex-1">
          <Sentence event={event} />
        </div>
        <p className="flex shrink-0 gap-3 text-sm text-ink-muted tabular-nums">
          {event.address !== null && <span>{event.address}</span>}
          <time dateTime={event.at} title={formatFull(event.at)} className="sm:min-w-16 sm:text-right">
            {formatClock(event.at)}
          </time>
        </p>
      </div>
    </li>
  );
}
