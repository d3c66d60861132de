import { CloudOff, RefreshCw } from "lucide-react";
import { retryNow } from "../../realtime/live.ts";
import { useConnection } from "../../stores/connection.store.ts";
import { useLater } from "../../ui/use-later.ts";

/** Most interruptions are over before anybody notices them; those stay unmentioned. */
const PATIENCE_MS = 2_000;

/** A thin bar that says when this page and the server do not hear each other. */
export function ConnectionBanner() {
  const state = useConnection((connection) => connection.state);
  const shown = useLater(state !== "live" && state !== "stopped", PATIENCE_MS);
  const isOffline = state === "offline";
  const Icon = isOffline ? CloudOff : RefreshCw;
  return (
    <div role="status" data-connection={state}>
      {shown && (
        <div className="flex min-h-9 items-center justify-center gap-2.5 bg-warning-soft px-4 py-1 text-sm text-warning">
          <Icon
            aria-hidden
            size={14}
            className={isOffline ? "shrink-0" : "shrink-0 animate-spin [animation-duration:2s]"}
          />
          <span>{isOffline ? "Offline — messages will be sent when you are back." : "Reconnecting…"}</span>
          <button
            type="button"
            onClick={retryNow}
            className="tap-target shrink-0 rounded-sm font-medium underline underline-offset-3 hover:no-underline"
          >
            Try now
          </button>
        </div>
      )}
    </div>
  );
}
