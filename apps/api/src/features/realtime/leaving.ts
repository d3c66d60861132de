import { setTimeout as delay } from "node:timers/promises";
import type { Hub } from "../../core/hub.ts";

/** Longer than the database is waited for. */
const PATIENCE_MS = 2_000;

/** The end of the sockets of a node that stops: what clients have said is answered first, then all are sent off. */
export class Leaving {
  readonly #hub: Hub;
  #obeying = 0;
  #hasBegun = false;
  #allObeyed: () => void = () => undefined;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** From now on nobody is listened to: what a client still says, it says again when it is back. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** A command that is being obeyed. They are counted only: a set of what comes and goes is made anew all the time. */
  note(act: Promise<void>): void {
    this.#obeying += 1;
    void act.then(this.#noteObeyed);
  }

  readonly #noteObeyed = () => {
    this.#obeying -= 1;
    if (this.#obeying === 0) this.#allObeyed();
  };

  async begin(): Promise<void> {
    this.#hasBegun = true;
    const allObeyed = new Promise<void>((resolve) => {
      this.#allObeyed = resolve;
    });
    if (this.#obeying > 0) await Promise.race([allObeyed, delay(PATIENCE_MS)]);
    this.#hub.sendEverybodyOff();
  }
}
