import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <table aria-label={label} className="w-full text-left [&_tbody_tr]:border-t [&_tbody_tr]:border-line">
      {children}
    </table>
  );
}

interface CellProps {
  children: ReactNode;
  numeric?: boolean;
  /** Left out where there is no room for it. */
  narrowHidden?: boolean;
}

function classesOf({ numeric = false, narrowHidden = false }: Omit<CellProps, "children">, extra: string): string {
  return classNames(
    "px-4 first:pl-5 last:pr-5",
    numeric && "text-right tabular-nums",
    narrowHidden && "max-sm:hidden",
    extra,
  );
}

export function HeadCell({ children, ...shape }: CellProps) {
  return (
    <th scope="col" className={classesOf(shape, "bg-sunken py-2.5 text-sm font-medium text-ink-muted")}>
      {children}
    </th>
  );
}

export function Cell({ children, ...shape }: CellProps) {
  return <td className={classesOf(shape, "py-3")}>{children}</td>;
}
