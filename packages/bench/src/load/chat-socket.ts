import { connect, type Socket } from "node:net";
import { FrameReader } from "./frame-reader.ts";
import type { Member } from "./target.ts";

const OPCODE_TEXT = 1;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const HANDSHAKE_MS_MAX = 60_000;
const HEADERS_END = "\r\n\r\n";

/** Every event starts with this, and the bench's servers keep Confab's order of fields. */
const BEFORE_TYPE = '{"type":"'.length;
const AFTER_MESSAGE = BEFORE_TYPE + "message.".length;
/** Where in a `message.created` the last twelve digits of the message's id are: the number of the message. */
const NUMBER_AT = '{"type":"message.created","message":{"id":"00000000-0000-0000-0000-'.length;
const NUMBER_DIGITS = 12;

const code = (character: string) => character.charCodeAt(0);
const [M, C, R, E] = [code("m"), code("c"), code("r"), code("e")];
const DIGIT_VALUES = Uint8Array.from({ length: 128 }, (_, each) => Number.parseInt(String.fromCharCode(each), 16) || 0);

/** What the load does about what a socket hears. */
export interface Ear {
  /** `bytes` and `start` lead to the message's number, by `numberIn`, which is only worth reading for some. */
  onMessage(bytes: Buffer, start: number): void;
  onError(text: string): void;
  onLost(reason: string): void;
}

export function numberIn(bytes: Buffer, start: number): number {
  let number = 0;
  for (let at = start + NUMBER_AT; at < start + NUMBER_AT + NUMBER_DIGITS; at++)
    number = number * 16 + (DIGIT_VALUES[bytes[at] ?? 0] ?? 0);
  return number;
}

// One for all sockets: what was read is dealt with before the next socket reads.
const readBuffer = Buffer.alloc(1024 * 1024);

/** A WebSocket client of as little as possible, so that the load measures the server and not itself. */
export class ChatSocket {
  readonly member: Member;
  readonly #ear: Ear;
  readonly #reader = new FrameReader((opcode, bytes, start, length) => this.#onFrame(opcode, bytes, start, length));
  readonly #socket: Socket;
  #handshake: string | null = "";
  #isClosing = false;
  #settle: { ready: () => void; failed: (error: Error) => void } | null = null;
  /** Length of the first frame, the state as of now. */
  readyBytes = 0;

  private constructor(port: number, member: Member, ear: Ear) {
    this.member = member;
    this.#ear = ear;
    const callback = (length: number) => {
      this.#read(length);
      return true;
    };
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer: readBuffer, callback } });
    this.#socket.on("error", (error) => this.#lose(error.message));
    this.#socket.on("close", () => this.#lose("closed"));
    this.#socket.write(upgradeRequest(port, member));
  }

  /** Connects, and resolves when the server has sent the state as of now. */
  static async open(port: number, member: Member, ear: Ear): Promise<ChatSocket> {
    const socket = new ChatSocket(port, member, ear);
    const timer = setTimeout(() => socket.#lose(`no answer after ${HANDSHAKE_MS_MAX / 1000} s`), HANDSHAKE_MS_MAX);
    try {
      await new Promise<void>((ready, failed) => {
        socket.#settle = { ready, failed };
      });
    } finally {
      clearTimeout(timer);
    }
    return socket;
  }

  write(frame: Buffer): void {
    this.#socket.write(frame);
  }

  close(): Promise<void> {
    this.#isClosing = true;
    return new Promise((resolve) => {
      this.#socket.once("close", () => resolve());
      this.#socket.destroy();
    });
  }

  #read(length: number): void {
    if (this.#handshake === null) return this.#reader.read(readBuffer, 0, length);
    this.#handshake += readBuffer.toString("latin1", 0, length);
    const end = this.#handshake.indexOf(HEADERS_END);
    if (end === -1) return;
    if (!this.#handshake.startsWith("HTTP/1.1 101")) return this.#lose(this.#handshake.slice(0, 300));
    const rest = Buffer.from(this.#handshake.slice(end + HEADERS_END.length), "latin1");
    this.#handshake = null;
    this.#reader.read(rest, 0, rest.length);
  }

  #onFrame(opcode: number, bytes: Buffer, start: number, length: number): void {
    if (opcode === OPCODE_TEXT) return this.#onText(bytes, start, length);
    if (opcode === OPCODE_PING) this.#socket.write(clientFrame(Buffer.alloc(0), 10));
    if (opcode === OPCODE_CLOSE) this.#lose(`closed with ${length < 2 ? "no code" : bytes.readUInt16BE(start)}`);
  }

  #onText(bytes: Buffer, start: number, length: number): void {
    const kind = bytes[start + BEFORE_TYPE];
    if (kind === M) {
      if (bytes[start + AFTER_MESSAGE] === C) this.#ear.onMessage(bytes, start);
    } else if (kind === R && this.#settle) {
      this.readyBytes = length;
      this.#settle.ready();
      this.#settle = null;
    } else if (kind === E) this.#ear.onError(bytes.toString("utf8", start, start + Math.min(length, 88)));
  }

  #lose(reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.destroy();
    if (this.#settle) this.#settle.failed(new Error(`A client could not connect: ${reason}`));
    else this.#ear.onLost(reason);
  }
}

/** A frame as a client sends it. Its mask is all zeros, so that the payload stays as it is. */
export function clientFrame(payload: Buffer, opcode = OPCODE_TEXT): Buffer {
  const { length } = payload;
  const sizes = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...sizes, 0, 0, 0, 0]), payload]);
}

function upgradeRequest(port: number, { path, cookie }: Member): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    `Cookie: ${cookie}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");
}
