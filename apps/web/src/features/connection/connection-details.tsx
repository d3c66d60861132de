import { Activity } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { formatClock } from "../../lib/time.ts";
import { type ConnectionState, useConnection } from "../../stores/connection.store.ts";
import { IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";

const Popover = lazy(async () => ({ default: (await import("../../ui/popover.tsx")).Popover }));

const WORDS: Record<ConnectionState["state"], string> = {
  live: "Live",
  connecting: "Connecting",
  waiting: "Waiting to reconnect",
  offline: "Offline",
  stopped: "Stopped",
};

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div className="flex items-baseline justify-between gap-6 py-1.5">
      <dt className="shrink-0 text-ink-muted">{name}</dt>
      <dd className="min-w-0 text-right font-medium break-all tabular-nums">{children}</dd>
    </div>
  );
}

function Facts() {
  const connection = useConnection();
  return (
    <dl className="text-sm">
      <Fact name="State">{WORDS[connection.state]}</Fact>
      <Fact name="Since">{connection.since === 0 ? "—" : formatClock(new Date(connection.since))}</Fact>
      <Fact name="Round trip">{connection.rtt_ms === null ? "—" : `${Math.round(connection.rtt_ms)} ms`}</Fact>
      <Fact name="Address">{connection.url || "—"}</Fact>
      {connection.attempt > 0 && <Fact name="Tries">{String(connection.attempt)}</Fact>}
    </dl>
  );
}

/** How this page hears of new messages, for whoever wants to know. */
export function ConnectionDetails() {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const isLive = useConnection((connection) => connection.state === "live");
  return (
    <>
      <IconButton ref={anchor} label="Connection details" aria-expanded={open} onClick={() => setOpen(true)}>
        <Activity aria-hidden size={18} className={classNames(!isLive && "text-warning")} />
      </IconButton>
      {open && (
        <Suspense>
          <Popover anchor={anchor} open onClose={() => setOpen(false)} title="Connection">
            <Facts />
          </Popover>
        </Suspense>
      )}
    </>
  );
}
