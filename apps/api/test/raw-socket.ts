import { randomBytes } from "node:crypto";
import net from "node:net";

/** How long something may take before a test gives up on it. */
const PATIENCE_MS = 5_000;

export const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

export interface FrameParts {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly isFinal?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** What the header says, if that is not true. */
  readonly claimedLength?: bigint;
}

/** One frame of a client (RFC 6455 §5.2), right or wrong. */
export function frameOf(parts: FrameParts): Buffer {
  const payload = Buffer.from(parts.payload ?? "");
  const { isFinal = true, reserved = 0, isMasked = true, claimedLength = BigInt(payload.length) } = parts;
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | parts.opcode;
  const maskBit = isMasked ? 0x80 : 0;
  const mask = randomBytes(4);
  const body = isMasked ? payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : payload;
  return Buffer.concat([Buffer.from([first]), lengthBytes(claimedLength, maskBit), ...(isMasked ? [mask] : []), body]);
}

function lengthBytes(length: bigint, maskBit: number): Buffer {
  if (length < 126n) return Buffer.from([maskBit | Number(length)]);
  if (length < 65_536n) {
    const bytes = Buffer.from([maskBit | 126, 0, 0]);
    bytes.writeUInt16BE(Number(length), 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = maskBit | 127;
  bytes.writeBigUInt64BE(length, 1);
  return bytes;
}

export const textFrame = (text: string): Buffer => frameOf({ opcode: OPCODE.text, payload: text });

export function closeFrame(code: number, reason: Buffer | string = ""): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return frameOf({ opcode: OPCODE.close, payload: Buffer.concat([bytes, Buffer.from(reason)]) });
}

/** A text in frames of so many bytes each. */
export function inFragments(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, n) =>
    frameOf({
      opcode: n === 0 ? OPCODE.text : OPCODE.continuation,
      payload: bytes.subarray(n * size, (n + 1) * size),
      isFinal: n === count - 1,
    }),
  );
}

interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/**
 * A client that says what it likes, byte by byte, and reads strictly: a server that masks a frame, or says anything after its
 * close frame, fails the test. It ends its side when the server has closed, as a client should.
 */
export class RawSocket {
  readonly socket: net.Socket;
  readonly frames: ServerFrame[] = [];
  /** The status of the answer to the upgrade. */
  status: number | null = null;
  /** What the server closed with: 1005 for no code at all, null as long as it has not. */
  closeCode: number | null = null;
  isEnded = false;
  /** Does not end its side although the server has closed. */
  staysAfterClose = false;
  /** What the server did that no server may do. */
  offence: string | null = null;
  #unread = Buffer.alloc(0);
  #woken: (() => void)[] = [];

  constructor(url: string, request: Buffer) {
    const { hostname, port } = new URL(url);
    this.socket = net.connect(Number(port), hostname);
    this.socket.setNoDelay();
    this.socket.on("data", (bytes) => this.#read(bytes));
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.isEnded = true;
      this.#wake();
    });
    this.socket.write(request);
  }

  /** Asks for a socket, with these bytes in the same packet, and waits for the answer. */
  static async open(url: string, cookie: string | null, together: Buffer = Buffer.alloc(0)): Promise<RawSocket> {
    const lines = [
      "GET /ws HTTP/1.1",
      `Host: ${new URL(url).host}`,
      `Origin: ${url}`,
      ...(cookie === null ? [] : [`Cookie: ${cookie}`]),
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    ];
    const raw = new RawSocket(url, Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), together]));
    await raw.until(() => raw.status !== null || raw.isEnded, "answer to the upgrade");
    return raw;
  }

  send(...bytes: Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** What the server said in text frames, parsed. */
  get said(): { type?: string; [field: string]: unknown }[] {
    return this.frames.filter(({ opcode }) => opcode === OPCODE.text).map(({ payload }) => JSON.parse(String(payload)));
  }

  /** Waits for the end, and gives the code it came with; null if the connection just broke off. */
  async closed(): Promise<number | null> {
    await this.until(() => this.isEnded, "end of the connection");
    if (this.offence) throw new Error(this.offence);
    return this.closeCode;
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!isSo()) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no ${what}; seen: ${this.frames.map(({ opcode }) => opcode).join(", ")}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#woken.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    if (this.status === null) this.#readHead();
    if (this.status === 101) while (this.#readFrame());
    this.#wake();
  }

  #readHead(): void {
    const end = this.#unread.indexOf("\r\n\r\n");
    if (end < 0) return;
    this.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(this.#unread.toString("latin1"))?.[1]);
    this.#unread = this.#unread.subarray(end + 4);
  }

  #readFrame(): boolean {
    const [first = 0, second = 0] = this.#unread;
    if (this.#unread.length < 2) return false;
    if (this.closeCode !== null) this.offence = "the server spoke after its close frame";
    if ((second & 0x80) !== 0 || (first & 0xf0) !== 0x80) this.offence = "the server sent a frame no server may send";
    const short = second & 0x7f;
    const headerLength = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (this.#unread.length < headerLength) return false;
    const length =
      short === 127 ? Number(this.#unread.readBigUInt64BE(2)) : short === 126 ? this.#unread.readUInt16BE(2) : short;
    if (this.#unread.length < headerLength + length) return false;
    const payload = this.#unread.subarray(headerLength, headerLength + length);
    this.frames.push({ opcode: first & 0x0f, payload });
    this.#unread = this.#unread.subarray(headerLength + length);
    if ((first & 0x0f) === OPCODE.close) {
      this.closeCode = payload.length === 0 ? 1005 : payload.readUInt16BE(0);
      if (!this.staysAfterClose) this.socket.end();
    }
    return this.#unread.length > 0;
  }

  #wake(): void {
    for (const wake of this.#woken.splice(0)) wake();
  }
}
