import { useCallback, useState } from "react";

interface ActState<Args extends unknown[]> {
  busy: boolean;
  failure: Error | null;
  /** Resolves to whether the act succeeded. */
  run: (...args: Args) => Promise<boolean>;
}

/** Runs something that may fail, once at a time, and keeps how it went for the screen. */
export function useAct<Args extends unknown[]>(act: (...args: Args) => Promise<void>): ActState<Args> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Error | null>(null);
  const run = useCallback(
    async (...args: Args) => {
      setBusy(true);
      setFailure(null);
      try {
        await act(...args);
        return true;
      } catch (error) {
        setFailure(error instanceof Error ? error : new Error(String(error)));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [act],
  );
  return { busy, failure, run };
}
