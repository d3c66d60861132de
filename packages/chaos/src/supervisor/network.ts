import { once } from "node:events";
import net from "node:net";
import { now } from "../history/clock.ts";
import { portOf } from "./own-processes.ts";

/** "up" is from client to server. */
export type Direction = "up" | "down";

const UPGRADE = Buffer.from("GET /ws");

/** One connection of a client, as the network sees it. */
export interface Wire {
  readonly near: net.Socket;
  readonly far: net.Socket;
  readonly began: number;
  /** Half-open: nothing passes, and neither end hears of the other's end. */
  isDead: boolean;
  /** Whether it has become a socket, rather than carrying requests. */
  isUpgraded: boolean;
  /** For a fault to keep its own note in. */
  mark: number | null;
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

  /** No fault any more. What was swallowed stays lost, so those connections end. */
  heal(): void {
    this.judge = null;
    this.delayMs = 0;
    this.resetSome((wire) => wire.isDead);
  }

  /** Has the network forget every present connection without a word, as a firewall does. Gives back those of sockets. */
  vanish(): Wire[] {
    for (const wire of this.#wires) wire.isDead = true;
    return [...this.#wires].filter((wire) => wire.isUpgraded);
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
    const wire: Wire = { near, far, began: now(), isDead: false, isUpgraded: false, mark: null };
    this.#wires.add(wire);
    for (const [from, to, direction] of [
      [near, far, "up"],
      [far, near, "down"],
    ] as const) {
      from.setNoDelay(true);
      from.on("data", (bytes) => this.#pass(wire, direction, bytes));
      from.on("drain", () => to.resume());
      from.on("error", () => from.destroy());
      from.on("close", () => {
        if (!wire.isDead) to.destroy();
        if (near.destroyed && far.destroyed) this.#wires.delete(wire);
      });
    }
  }

  #pass(wire: Wire, direction: Direction, bytes: Buffer): void {
    if (wire.isDead) return;
    if (direction === "up" && bytes.subarray(0, 7).equals(UPGRADE)) wire.isUpgraded = true;
    const [from, to] = direction === "up" ? [wire.near, wire.far] : [wire.far, wire.near];
    const verdict = this.judge?.(wire, direction, bytes) ?? "pass";
    const passing = verdict === "pass" ? bytes : bytes.subarray(0, verdict.resetAfter);
    const deliver = () => {
      // Who reads slowly is felt at the other end.
      if (passing.length > 0 && !to.destroyed && !to.write(passing)) from.pause();
      // The kernel throws away what a reset overtakes: the bytes before the cut go first.
      if (verdict !== "pass") setImmediate(() => this.#reset(wire));
    };
    if (this.delayMs > 0) setTimeout(deliver, this.delayMs);
    else deliver();
  }
}
