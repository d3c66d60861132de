/**
 * localStorage that cannot break the page: in private windows, with a full quota or with storage forbidden every
 * access may throw. What was not stored is simply not there after a reload.
 */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Nothing to tell the person: the page itself still holds the value.
  }
}

/** All keys that begin with `prefix`, with the prefix cut off. */
export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  } catch {
    return [];
  }
}
