import net from "node:net";
import { inject } from "vitest";

/** A way to the test database that can be cut, or fall silent, as a network does. */
export class DatabaseWire {
  readonly #server: net.Server;
  readonly #ends = new Set<net.Socket>();
  #isSilent = false;
  port = 0;

  constructor() {
    const target = new URL(inject("serverUrl"));
    this.#server = net.createServer((near) => {
      const far = net.connect(Number(target.port || 5432), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#ends.add(from);
        from.on("data", (bytes) => {
          if (!this.#isSilent) to.write(bytes);
        });
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.#ends.delete(from);
          to.destroy();
        });
      }
    });
  }

  /** Opens the way, at the same port as before. */
  async mend(): Promise<void> {
    this.#isSilent = false;
    await new Promise<void>((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
  }

  /** Ends every connection and refuses new ones. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const end of this.#ends) end.destroy();
    await closed;
  }

  /** Swallows everything and says nothing: what a firewall or a vanished machine looks like. */
  silence(): void {
    this.#isSilent = true;
  }
}
