import net from "node:net";
import { inject } from "vitest";

/** A way to the test database that can be cut, or fall silent, as a network does. */
export class DatabaseWire {
  readonly #server: net.Server;
  readonly #ends = new Set<net.Socket>();
  /** What is said to the database when the way falls silent; null: it does not. */
  #lastWords: string | null = null;
  #fatalWords: string | null = null;
  port = 0;

  constructor() {
    const target = new URL(inject("serverUrl"));
    this.#server = net.createServer((near) => {
      const far = net.connect(Number(target.port || 5432), target.hostname);
      near.on("data", (bytes) => {
        if (this.#fatalWords !== null && bytes.includes(this.#fatalWords)) return near.destroy();
        if (this.#lastWords !== null && bytes.includes(this.#lastWords)) this.silence();
        if (this.#lastWords !== "") far.write(bytes);
      });
      far.on("data", (bytes) => {
        if (this.#lastWords !== "") near.write(bytes);
      });
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#ends.add(end);
        end.on("error", () => other.destroy());
        end.on("close", () => {
          this.#ends.delete(end);
          other.destroy();
        });
      }
    });
  }

  /** Opens the way, at the same port as before. */
  async mend(): Promise<void> {
    this.#lastWords = null;
    this.#fatalWords = null;
    if (this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
  }

  /** Ends every connection and refuses new ones, as when PostgreSQL is stopped. */
  cut(): Promise<void> {
    return this.#close((end) => end.destroy());
  }

  /** The same without a farewell, as when its machine dies. */
  reset(): Promise<void> {
    return this.#close((end) => end.resetAndDestroy());
  }

  /** Swallows everything and says nothing: what a firewall or a vanished machine looks like. */
  silence(): void {
    this.#lastWords = "";
  }

  /** Falls silent as soon as a statement with these words is to pass. */
  silenceAt(words: string): void {
    this.#lastWords = words;
  }

  /** Ends every connection on which these words are said. */
  breakAt(words: string): void {
    this.#fatalWords = words;
  }

  async #close(end: (socket: net.Socket) => void): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#ends) end(socket);
    await closed;
  }
}
