import { classNames } from "./class-names.ts";

export function Skeleton({ className, round = false }: { className?: string; round?: boolean }) {
  return (
    <span aria-hidden className={classNames("skeleton block", round ? "rounded-full" : "rounded-sm", className)} />
  );
}

const WIDTHS = ["w-3/5", "w-2/5", "w-1/2", "w-2/3"];

/** Rows of the shape a list of people or things will have. */
export function SkeletonRows({ count = 5, label }: { count?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-1 p-2">
      {Array.from({ length: count }, (_, index) => `row ${index}`).map((key, index) => (
        <div key={key} className="flex items-center gap-3 px-2 py-2">
          <Skeleton round className="size-9 shrink-0" />
          <div className="flex-1 space-y-2">
            <Skeleton className={classNames("h-3", WIDTHS[index % WIDTHS.length])} />
            <Skeleton className="h-2.5 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}
