import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import type { HistoryRecord } from "./records.ts";

const FLUSH_EVERY_MS = 50;
const BUFFER_BYTES = 64 * 1024;

/** Writes one process's history: a file of JSON lines. */
export class Recorder {
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  #waiting = "";

  constructor(folder: string, name: string) {
    this.#file = openSync(path.join(folder, `${name}.jsonl`), "a");
    this.#timer = setInterval(() => this.#flush(), FLUSH_EVERY_MS).unref();
  }

  note(record: HistoryRecord): void {
    this.#waiting += `${JSON.stringify(record)}\n`;
    if (this.#waiting.length > BUFFER_BYTES) this.#flush();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#waiting === "") return;
    writeSync(this.#file, this.#waiting);
    this.#waiting = "";
  }
}

/** Every record of a folder, each file's in its own order. */
export function readHistories(folder: string): HistoryRecord[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()
    .flatMap((name) => [...recordsIn(readFileSync(path.join(folder, name)))]);
}

/** Line by line: a whole file may be longer than a string can be. */
function* recordsIn(bytes: Buffer): Iterable<HistoryRecord> {
  for (let from = 0, to = bytes.indexOf("\n"); to >= 0; from = to + 1, to = bytes.indexOf("\n", from))
    yield JSON.parse(bytes.toString("utf8", from, to));
}
