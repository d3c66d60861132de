const BASE_MS = 1_000;
const MAX_MS = 30_000;

/** How long to wait after `failures` failures in a row: doubling, with half of it left to chance. */
export function backoffMs(failures: number): number {
  return Math.min(MAX_MS, BASE_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

/** Waits that can be cut short from outside, by key. */
export class Naps {
  readonly #wakers = new Map<string, () => void>();

  sleep(key: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(key), ms);
      this.#wakers.set(key, () => {
        clearTimeout(timer);
        this.#wakers.delete(key);
        resolve();
      });
    });
  }

  wake(key: string): void {
    this.#wakers.get(key)?.();
  }

  wakeAll(): void {
    for (const wake of [...this.#wakers.values()]) wake();
  }
}
