import { AppError, isDatabaseAway, isDatabaseBusy } from "./errors.ts";

interface Line {
  end: Promise<unknown>;
  length: number;
}

/**
 * Does the work that is about one thing, or of one person, one after another. A crowd that comes at once would otherwise
 * wait for the same row on every connection to the database, and nobody else would get one. What has to be right is right by
 * the row's lock all the same: other nodes have lines of their own. When the database goes away, nobody in a line waits for
 * it alone: all hear so at once.
 */
export class WaitingLines {
  readonly #lengthMax: number;
  readonly #lines = new Map<string, Line>();

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** Works when everything before it in this line is done. Throws server_busy when the line is too long. */
  async inLine<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const line = this.#lines.get(key) ?? { end: Promise.resolve(), length: 0 };
    if (line.length >= this.#lengthMax) throw new AppError("server_busy");
    this.#lines.set(key, line);
    line.length += 1;
    const mine = line.end.then(work, (error: unknown) => {
      if (isDatabaseAway(error) || isDatabaseBusy(error)) throw error;
      return work();
    });
    line.end = mine;
    try {
      return await mine;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.#lines.delete(key);
    }
  }
}
