/** Of a payload, this much is looked at; the rest is only counted. */
const HEAD_BYTES = 88;
const FRAME_HEADER_MAX = 10;

/** `start` is where the payload begins in `bytes`, of which at least the first HEAD_BYTES are there. */
export type OnFrame = (opcode: number, bytes: Buffer, start: number, length: number) => void;

/** Walks over the unmasked frames of a WebSocket (RFC 6455 §5.2) without copying them. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  /** The beginning of a frame whose head came in two reads. */
  readonly #begun = Buffer.alloc(HEAD_BYTES + FRAME_HEADER_MAX);
  #begunBytes = 0;
  /** Bytes of a payload still to come of which nothing more is wanted. */
  #skip = 0;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  read(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, end - at);
        this.#skip -= skipped;
        at += skipped;
        continue;
      }
      const used = this.#begunBytes === 0 ? this.#tryFrame(bytes, at, end) : 0;
      at += used;
      if (used === 0) {
        this.#begun[this.#begunBytes++] = bytes[at++] ?? 0;
        if (this.#tryFrame(this.#begun, 0, this.#begunBytes) > 0) this.#begunBytes = 0;
      }
    }
  }

  /** The bytes of the frame that are here, or 0 when its head is not whole. */
  #tryFrame(bytes: Buffer, at: number, end: number): number {
    const available = end - at;
    if (available < 2) return 0;
    let length = (bytes[at + 1] ?? 0) & 127;
    let header = 2;
    if (length >= 126) {
      header = length === 126 ? 4 : FRAME_HEADER_MAX;
      if (available < header) return 0;
      length = header === 4 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
    }
    if (available < header + Math.min(length, HEAD_BYTES)) return 0;
    this.#onFrame((bytes[at] ?? 0) & 15, bytes, at + header, length);
    const whole = header + length;
    if (whole <= available) return whole;
    this.#skip = whole - available;
    return available;
  }
}
