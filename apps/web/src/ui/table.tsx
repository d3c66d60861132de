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
  /** Takes the room the other columns leave, and no more however long its text is. */
  main?: boolean;
  /** Left out where there is no room for it. */
  narrowHidden?: boolean;
}

function classesOf(shape: Omit<CellProps, "children">, extra: string): string {
  const { numeric = false, main = false, narrowHidden = false } = shape;
  return classNames(
    "px-3 first:pl-4 last:pr-4 sm:px-4 sm:first:pl-5 sm:last:pr-5",
    main && "w-full max-w-0",
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
