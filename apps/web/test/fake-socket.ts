import type { Event } from "@confab/shared/events";

/** The browser's end of a socket, with the server's hands on the other end. */
export class FakeSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  /** Told of each new socket, as a server would be. */
  static onConnect: (socket: FakeSocket) => void = () => undefined;

  readyState = FakeSocket.CONNECTING;
  readonly url: string;
  /** What the page has sent, as text. */
  readonly sent: string[] = [];
  onCommand: (text: string) => void = () => undefined;

  constructor(url: string) {
    super();
    this.url = url;
    queueMicrotask(() => FakeSocket.onConnect(this));
  }

  send(text: string): void {
    if (this.readyState !== FakeSocket.OPEN) throw new Error("sent on a socket that is not open");
    this.sent.push(text);
    queueMicrotask(() => this.onCommand(text));
  }

  /** The page hangs up. */
  close(): void {
    this.readyState = FakeSocket.CLOSED;
  }

  accept(): void {
    if (this.readyState === FakeSocket.CONNECTING) this.readyState = FakeSocket.OPEN;
  }

  /** Puts a frame on the wire. It arrives even when the page has hung up meanwhile, as frames in flight do. */
  deliver(event: Event | string): void {
    const data = typeof event === "string" ? event : JSON.stringify(event);
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /** The connection ends from the other side, or in between. */
  drop(code = 1006): void {
    this.readyState = FakeSocket.CLOSED;
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}
