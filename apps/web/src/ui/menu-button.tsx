import { Ellipsis } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { IconButton } from "./button.tsx";
import { Menu } from "./menu.tsx";

/** Three dots that open a menu of what can be done with the thing they stand beside. */
export function MenuButton({ label, children }: { label: string; children: ReactNode }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton ref={anchor} label={label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(true)}>
        <Ellipsis aria-hidden size={18} />
      </IconButton>
      <Menu anchor={anchor} open={open} onClose={() => setOpen(false)} label={label} align="end">
        {children}
      </Menu>
    </>
  );
}
