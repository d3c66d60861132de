import { Menu as Base } from "@base-ui/react/menu";
import { Check, type LucideIcon } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { Link } from "react-router";
import { classNames } from "./class-names.ts";

const ITEM =
  "tap-target flex w-full items-center gap-2.5 rounded-sm px-2.5 py-1.5 text-base outline-none select-none data-highlighted:bg-hover";

interface MenuProps {
  anchor: RefObject<HTMLElement | null>;
  open: boolean;
  onClose: () => void;
  label: string;
  side?: "top" | "bottom";
  align?: "start" | "end";
  children: ReactNode;
}

export function Menu({ anchor, open, onClose, label, side = "bottom", align = "start", children }: MenuProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} side={side} align={align} sideOffset={6} collisionPadding={4} className="z-50">
          <Base.Popup
            aria-label={label}
            finalFocus={anchor}
            className="w-(--anchor-width) min-w-60 rounded-lg bg-surface p-1.5 text-ink shadow-floating outline-none transition-[opacity,translate] duration-100 data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0"
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface MenuItemProps {
  icon: LucideIcon;
  children: ReactNode;
  onSelect: () => void;
  danger?: boolean;
}

export function MenuItem({ icon: Icon, children, onSelect, danger = false }: MenuItemProps) {
  return (
    <Base.Item onClick={onSelect} className={classNames(ITEM, danger && "text-danger")}>
      <Icon aria-hidden size={16} className={danger ? undefined : "text-ink-muted"} />
      {children}
    </Base.Item>
  );
}

export function MenuLink({ icon: Icon, to, children }: { icon: LucideIcon; to: string; children: ReactNode }) {
  return (
    <Base.LinkItem render={<Link to={to} />} closeOnClick className={ITEM}>
      <Icon aria-hidden size={16} className="text-ink-muted" />
      {children}
    </Base.LinkItem>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1.5 h-px bg-line" />;
}

interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  choices: ReadonlyArray<{ value: Value; label: string; icon: LucideIcon }>;
  onChoose: (value: Value) => void;
}

export function MenuChoice<Value extends string>({ label, value, choices, onChoose }: MenuChoiceProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2.5 pt-1 pb-1 text-xs font-medium text-ink-muted">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={onChoose}>
        {choices.map(({ value: each, label: name, icon: Icon }) => (
          <Base.RadioItem key={each} value={each} closeOnClick={false} className={ITEM}>
            <Icon aria-hidden size={16} className="text-ink-muted" />
            <span className="flex-1">{name}</span>
            <Base.RadioItemIndicator>
              <Check aria-hidden size={16} className="text-accent" />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}
