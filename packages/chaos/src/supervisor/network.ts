import { once } from "node:events";
import net from "node:net";
import { now } from "../history/clock.ts";
import { portOf } from "./own-processes.ts";

/** "up" is from client to server. */
export type Direction = "up" | "down";

/** One connection of a client, as the network sees it. */
export interface Wire {
  readonly near: net.Socket;
  readonly far: net.Socket;
  /** For a fault to keep its own note in. */
  mark: number | null;
  readonly began: number;
}

/** What becomes of bytes: they pass, or so many of them do and the connection is reset. */
type Verdict = "pass" | { readonly resetAfter: number };
export type Judge = (wire: Wire, direction: Direction, bytes: Buffer) => Verdict;

/**
 * The network between clients and balancer: a TCP proxy that can cut a connection in the middle of a frame, stall, delay
 * and reset.
 */
export class Network {
  readonly #server = net.createServer((near) => this.#connect(near));
  readonly #wires = new Set<Wire>();
  readonly #target: () => number;
  /** Decides over all bytes while a fault is on. */
  judge: Judge | null = null;
  delayMs = 0;
  /** Says nothing and hears nothing, and closes nothing: a firewall that has forgotten the connections. */
  isStalled = false;
  resets = 0;

  constructor(target: () => number) {
    this.#target = target;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.resetAll();
    await closed;
  }

  /** No fault any more. What was swallowed meanwhile stays lost, so those connections end. */
  heal(): void {
    this.judge = null;
    this.delayMs = 0;
    if (!this.isStalled) return;
    this.isStalled = false;
    this.resetAll();
  }

  resetAll(): void {
    this.resetSome(() => true);
  }

  resetSome(isMeant: (wire: Wire) => boolean): void {
    for (const wire of [...this.#wires].filter(isMeant)) this.#reset(wire);
  }

  #reset(wire: Wire): void {
    this.resets += 1;
    wire.near.resetAndDestroy();
    wire.far.resetAndDestroy();
  }

  #connect(near: net.Socket): void {
    const far = net.connect(this.#target(), "127.0.0.1");
    const wire: Wire = { near, far, began: now(), mark: null };
    this.#wires.add(wire);
    for (const [from, to, direction] of [
      [near, far, "up"],
      [far, near, "down"],
    ] as const) {
      from.setNoDelay(true);
      from.on("data", (bytes) => this.#pass(wire, to, direction, bytes));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#wires.delete(wire);
        // Half-open: the other end is not told either.
        if (!this.isStalled) to.destroy();
      });
    }
  }

  #pass(wire: Wire, to: net.Socket, direction: Direction, bytes: Buffer): void {
    if (this.isStalled) return;
    const verdict = this.judge?.(wire, direction, bytes) ?? "pass";
    const passing = verdict === "pass" ? bytes : bytes.subarray(0, verdict.resetAfter);
    const deliver = () => {
      if (passing.length > 0 && !to.destroyed) to.write(passing);
      // The kernel throws away what a reset overtakes: the bytes before the cut go first.
      if (verdict !== "pass") setImmediate(() => this.#reset(wire));
    };
    if (this.delayMs > 0) setTimeout(deliver, this.delayMs);
    else deliver();
  }
}
