/** Frames of one moment may overtake each other on their way through the server; a gap that stays is a hole. */
const PATIENCE_MS = 2_000;

interface Line {
  next: number;
  readonly beyond: Set<number>;
  /** The one that is being waited for, and for how long still. */
  missing: number | null;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Watches the revisions on one connection: from its snapshot on, each has to come. A client that catches up would hide
 * that the server has left one out.
 */
export class Continuity {
  readonly #lines = new Map<string, Line>();
  readonly #onHole: (conversation: string, revision: number) => void;

  constructor(onHole: (conversation: string, revision: number) => void) {
    this.#onHole = onHole;
  }

  /** A whole conversation came: everything up to this revision is in it. */
  begin(conversation: string, revision: number): void {
    const line = this.#lines.get(conversation) ?? { next: 0, beyond: new Set(), missing: null, timer: undefined };
    this.#lines.set(conversation, line);
    line.next = Math.max(line.next, revision + 1);
    this.#advance(conversation, line);
  }

  hear(conversation: string, revision: number): void {
    const line = this.#lines.get(conversation);
    if (!line) return;
    line.beyond.add(revision);
    this.#advance(conversation, line);
  }

  end(): void {
    for (const line of this.#lines.values()) clearTimeout(line.timer);
    this.#lines.clear();
  }

  #advance(conversation: string, line: Line): void {
    while (line.beyond.delete(line.next)) line.next += 1;
    for (const revision of line.beyond) if (revision < line.next) line.beyond.delete(revision);
    if (line.next !== line.missing) clearTimeout(line.timer);
    // The wait for a missing one is not prolonged by what comes after it.
    if (line.beyond.size === 0 || line.next === line.missing) return;
    const missing = line.next;
    line.missing = missing;
    line.timer = setTimeout(() => {
      this.#onHole(conversation, missing);
      line.next = Math.min(...line.beyond);
      this.#advance(conversation, line);
    }, PATIENCE_MS);
  }
}
