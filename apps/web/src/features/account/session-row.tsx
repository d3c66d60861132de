import type { Session } from "@confab/shared/sessions";
import { Monitor, Smartphone, SquareTerminal } from "lucide-react";
import { useCallback } from "react";
import { sentenceFor } from "../../lib/api-error.ts";
import { formatDistance, formatFull } from "../../lib/time.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { useAct } from "../../ui/use-act.ts";
import { deviceName, isPhone } from "./device-name.ts";
import { endSession } from "./end-session.ts";

export function SessionRow({ session }: { session: Session }) {
  const { id, kind, device, address, last_used_at, is_current } = session;
  const { busy, failure, run } = useAct(useCallback(() => endSession(id), [id]));
  const name = deviceName(device);
  const Icon = kind === "program" ? SquareTerminal : isPhone(device) ? Smartphone : Monitor;
  return (
    <li className="flex items-center gap-3.5 px-4 py-3 sm:px-6">
      <span className="inline-flex size-9 shrink-0 items-center justify-center rounded-md bg-hover text-ink-soft">
        <Icon aria-hidden size={17} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span title={device} className="min-w-0 font-medium wrap-anywhere">
            {name}
          </span>
          {is_current && <Badge tone="accent">This one</Badge>}
          {kind === "program" && <Badge>Program</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-3 text-sm text-ink-muted">
          <span className="wrap-anywhere">{address}</span>
          <time dateTime={last_used_at} title={formatFull(last_used_at)}>
            active {is_current ? "now" : formatDistance(last_used_at)}
          </time>
        </p>
        {failure !== null && (
          <p role="alert" className="text-sm text-danger">
            {sentenceFor(failure)}
          </p>
        )}
      </div>
      {!is_current && (
        <Button size="small" busy={busy} aria-label={`End ${name}`} onClick={() => void run()}>
          End
        </Button>
      )}
    </li>
  );
}
