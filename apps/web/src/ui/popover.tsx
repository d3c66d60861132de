import { Popover as Base } from "@base-ui/react/popover";
import type { ReactNode, RefObject } from "react";

interface PopoverProps {
  anchor: RefObject<HTMLElement | null>;
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}

export function Popover({ anchor, open, onClose, title, children }: PopoverProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} modal>
      <Base.Portal>
        <Base.Positioner
          anchor={anchor}
          side="bottom"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className="z-50"
        >
          <Base.Popup
            finalFocus={anchor}
            className="w-80 max-w-[calc(100vw-1.5rem)] rounded-lg bg-surface p-4 text-ink shadow-floating outline-none transition-[opacity,translate] duration-100 data-ending-style:opacity-0 data-starting-style:-translate-y-1 data-starting-style:opacity-0"
          >
            <Base.Title className="mb-2 font-semibold">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
