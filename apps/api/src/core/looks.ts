import type { Connection } from "./connection.ts";

/** How often each connection is looked at: what Connection counts, it counts in such looks. */
const LOOK_EVERY_MS = 10_000;
/** They are looked at in so many parts, one after the other, so that not all who are silent are asked at once. */
const PARTS = 5;
export const PART_EVERY_MS = LOOK_EVERY_MS / PARTS;

/** The connections of this node, in the order in which they are looked at. */
export class Looks {
  readonly #parts = Array.from({ length: PARTS }, () => new Set<Connection>());
  #turn = 0;

  add(connection: Connection): void {
    const [smallest] = this.#parts.toSorted((one, other) => one.size - other.size);
    smallest?.add(connection);
  }

  remove(connection: Connection): void {
    for (const part of this.#parts) part.delete(connection);
  }

  /** To be called every PART_EVERY_MS. */
  lookAtNextPart(): void {
    this.#turn = (this.#turn + 1) % PARTS;
    for (const connection of this.#parts[this.#turn] ?? []) connection.look();
  }
}
