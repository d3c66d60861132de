import { WebSocket } from "ws";

/** How long a frame may take before a test gives up on it. */
const PATIENCE_MS = 5_000;

export type Frame = Record<string, unknown>;

/** A socket of a client that sends and reads whatever it likes: it remembers every frame as it came. */
export class ReferenceSocket {
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;
  #closeCode: number | null = null;
  #woken: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      this.frames.push(JSON.parse(data.toString()));
      this.#wake();
    });
    socket.on("close", (code) => {
      this.#closeCode = code;
      this.#wake();
    });
    socket.on("error", () => undefined);
  }

  /** Opens a socket with these headers, or subprotocols, and waits until the server has begun to talk. */
  static async open(
    url: string,
    { headers = {}, protocols = [] }: { headers?: Record<string, string>; protocols?: string[] },
  ): Promise<ReferenceSocket> {
    const opened = new ReferenceSocket(new WebSocket(`${url.replace("http", "ws")}/ws`, protocols, { headers }));
    await opened.next((frame) => frame.type === "ready");
    return opened;
  }

  /** The subprotocol the server has chosen. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  send(frame: object | string): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** What has come after the first frame, `ready`. */
  get heard(): Frame[] {
    return this.frames.slice(1);
  }

  /** The first frame of this kind, already there or still to come. */
  async next(isWanted: (frame: Frame) => boolean): Promise<Frame> {
    await this.#until(() => this.frames.some(isWanted));
    return this.frames.find(isWanted) ?? {};
  }

  async closed(): Promise<number> {
    await this.#until(() => this.#closeCode !== null);
    return this.#closeCode ?? 0;
  }

  close(): void {
    this.#socket.close();
  }

  async #until(isSo: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!isSo()) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`waited in vain; seen: ${JSON.stringify(this.heard).slice(0, 2_000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#woken.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #wake(): void {
    const woken = this.#woken;
    this.#woken = [];
    for (const wake of woken) wake();
  }
}
