import { Skeleton } from "../../ui/skeleton.tsx";

const LINES = [["w-4/5", "w-2/5"], ["w-3/5"], ["w-2/3", "w-1/2", "w-1/3"], ["w-1/2"], ["w-3/4", "w-1/4"]];

export function MessageSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading messages"
      className="flex min-h-0 flex-1 flex-col justify-end gap-6 overflow-hidden px-4 py-6 sm:px-6"
    >
      {LINES.map((widths) => (
        <div key={widths.join()} className="flex gap-3">
          <Skeleton round className="size-9 shrink-0" />
          <div className="max-w-xl flex-1 space-y-2.5 pt-1">
            <Skeleton className="h-3 w-28" />
            {widths.map((width) => (
              <Skeleton key={width} className={`h-3 ${width}`} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
