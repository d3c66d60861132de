import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";

/** One connection of a browser, and its continuation to the server. */
class Link {
  readonly #near: Socket;
  readonly #far: Socket;
  #isSilent = true;

  constructor(near: Socket, far: Socket) {
    this.#near = near;
    this.#far = far;
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // Why an end broke does not matter; that it did is said to the other end by its closing.
      end.on("error", () => undefined);
      end.on("close", () => !this.#isSilent && other.destroySoon());
    }
    this.resume();
  }

  /** Both ends stay open. What they say is kept until `resume`, and so is their end. */
  silence(): void {
    this.#isSilent = true;
    this.#near.unpipe(this.#far);
    this.#far.unpipe(this.#near);
  }

  resume(): void {
    if (!this.#isSilent) return;
    this.#isSilent = false;
    if (this.#near.destroyed || this.#far.destroyed) return this.destroy();
    this.#near.pipe(this.#far);
    this.#far.pipe(this.#near);
  }

  destroy(): void {
    this.#near.destroy();
    this.#far.destroy();
  }
}

/**
 * The way between one browser and the server. Playwright's offline mode tells the browser that it is offline, which no
 * broken network does; this one breaks without a word.
 */
export class Network {
  readonly #serverPort: number;
  readonly #listener = createServer((near) => this.#connect(near));
  readonly #links = new Set<Link>();
  readonly #deadLinks = new Set<Link>();
  #port = 0;
  #isStalled = false;

  constructor(serverUrl: string) {
    this.#serverPort = Number(new URL(serverUrl).port);
  }

  /** What the browser takes for the server's address. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Everything works, for the first time or again. What was stalled goes on where it was, as TCP does. */
  async mend(): Promise<void> {
    this.#isStalled = false;
    for (const link of this.#links) link.resume();
    if (this.#listener.listening) return;
    this.#listener.listen(this.#port, "127.0.0.1");
    await once(this.#listener, "listening");
    const address = this.#listener.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
  }

  /** A pulled cable that both ends notice: what is open breaks, what is opened anew is refused. */
  cut(): void {
    this.#listener.close();
    for (const link of this.#links) link.destroy();
    this.#links.clear();
  }

  /** Dead air: everything stays open, also what is opened anew, and nothing passes in either direction. */
  stall(): void {
    this.#isStalled = true;
    for (const link of this.#links) link.silence();
  }

  /** The device has moved to another network: what is open stays open and dead for good, what is opened anew works. */
  move(): void {
    for (const link of this.#links) {
      link.silence();
      this.#deadLinks.add(link);
    }
    this.#links.clear();
  }

  dispose(): void {
    this.cut();
    for (const link of this.#deadLinks) link.destroy();
  }

  #connect(near: Socket): void {
    const link = new Link(near, createConnection(this.#serverPort, "127.0.0.1"));
    this.#links.add(link);
    if (this.#isStalled) link.silence();
  }
}
