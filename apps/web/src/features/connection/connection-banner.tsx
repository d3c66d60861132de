import { CloudOff, type LucideIcon, RefreshCw, TriangleAlert } from "lucide-react";
import { retryNow } from "../../realtime/live.ts";
import { type ConnectionState, useConnection } from "../../stores/connection.store.ts";
import { classNames } from "../../ui/class-names.ts";
import { useLater } from "../../ui/use-later.ts";

/** Most interruptions are over before anybody notices them; those stay unmentioned. */
const PATIENCE_MS = 2_000;

interface Interruption {
  icon: LucideIcon;
  words: string;
  isTurning?: boolean;
}

function interruptionOf(state: ConnectionState["state"], hasTrouble: boolean): Interruption | null {
  if (state === "stopped") return null;
  if (state === "offline") return { icon: CloudOff, words: "Offline — messages will be sent when you are back." };
  if (hasTrouble)
    return { icon: TriangleAlert, words: "The server has trouble — messages are kept and sent when it is over." };
  return state === "live" ? null : { icon: RefreshCw, words: "Reconnecting…", isTurning: true };
}

/** A thin bar that says when this page and the server do not hear each other, or the server cannot do its work. */
export function ConnectionBanner() {
  const state = useConnection((connection) => connection.state);
  const hasTrouble = useConnection((connection) => connection.has_trouble);
  const interruption = interruptionOf(state, hasTrouble);
  const isShown = useLater(interruption !== null, PATIENCE_MS);
  return (
    <div role="status" data-connection={state}>
      {isShown && interruption !== null && (
        <div className="flex min-h-9 items-center justify-center gap-2.5 bg-warning-soft px-4 py-1 text-sm text-warning">
          <interruption.icon
            aria-hidden
            size={14}
            className={classNames("shrink-0", interruption.isTurning && "animate-spin [animation-duration:2s]")}
          />
          <span>{interruption.words}</span>
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
