import { CircleAlert, CircleCheck, Info } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const KINDS = {
  error: { icon: CircleAlert, classes: "bg-danger-soft text-danger" },
  success: { icon: CircleCheck, classes: "bg-accent-soft text-accent-strong" },
  info: { icon: Info, classes: "bg-hover text-ink-soft" },
};

export function Notice({ kind, children }: { kind: keyof typeof KINDS; children: ReactNode }) {
  const { icon: Icon, classes } = KINDS[kind];
  return (
    <div
      role={kind === "error" ? "alert" : "status"}
      className={classNames("flex items-start gap-2.5 rounded-md px-3.5 py-2.5 text-sm", classes)}
    >
      <Icon aria-hidden size={16} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
