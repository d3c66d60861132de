import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classNames } from "./class-names.ts";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** A side dialog covers one edge of the window instead of its middle. */
  side?: boolean;
  /** Keeps the title for assistive technology only. */
  bare?: boolean;
  children: ReactNode;
}

const CLOSE =
  "tap-target -mr-1.5 inline-flex size-9 items-center justify-center rounded-md text-ink-muted transition-colors hover:bg-hover hover:text-ink";

const MIDDLE =
  "top-[12dvh] left-1/2 max-h-[76dvh] w-[min(30rem,calc(100vw-1.5rem))] -translate-x-1/2 rounded-lg data-ending-style:scale-[0.98] data-starting-style:scale-[0.98]";
const SIDE =
  "inset-y-0 right-0 w-[min(21rem,100vw)] pb-[env(safe-area-inset-bottom)] data-ending-style:translate-x-6 data-starting-style:translate-x-6";

export function Dialog({ open, onClose, title, side = false, bare = false, children }: DialogProps) {
  // Whoever opened it gets the focus back; there is no trigger inside that would know.
  const [opener] = useState(() => document.activeElement);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-backdrop transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          finalFocus={() => (opener instanceof HTMLElement && opener.isConnected ? opener : true)}
          className={classNames(
            "fixed z-50 flex flex-col overflow-hidden bg-surface text-ink shadow-floating outline-none transition-[opacity,transform,scale,translate] duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0",
            side ? SIDE : MIDDLE,
          )}
        >
          {bare ? (
            <Base.Title className="sr-only">{title}</Base.Title>
          ) : (
            <div className="flex items-center justify-between gap-4 border-b border-line py-2.5 pr-4 pl-5">
              <Base.Title className="truncate text-lg font-semibold">{title}</Base.Title>
              <Base.Close aria-label="Close" className={CLOSE}>
                <X aria-hidden size={18} />
              </Base.Close>
            </div>
          )}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
