import { useCallback, useEffect, useState } from "react";

/** A mark that goes away by itself: for "Copied" and "Saved". */
export function useBriefly(durationMs = 2_000): [shown: boolean, show: () => void] {
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => {
    if (since === null) return;
    const timer = setTimeout(() => setSince(null), durationMs);
    return () => clearTimeout(timer);
  }, [since, durationMs]);
  return [since !== null, useCallback(() => setSince(performance.now()), [])];
}
