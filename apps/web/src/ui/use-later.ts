import { useEffect, useState } from "react";

/** True once `condition` has held for `delayMs` without a break. */
export function useLater(condition: boolean, delayMs: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!condition) return;
    const timer = setTimeout(() => setLate(true), delayMs);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [condition, delayMs]);
  return condition && late;
}
