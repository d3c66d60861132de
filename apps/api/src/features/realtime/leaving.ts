import { setTimeout as delay } from "node:timers/promises";
import type { Hub } from "../../core/hub.ts";

/** Longer than the database is waited for. */
const PATIENCE_MS = 2_000;

/** The end of the sockets of a node that stops: what clients have said is answered first, then all are sent off. */
export class Leaving {
  readonly #hub: Hub;
  readonly #obeying = new Set<Promise<void>>();
  #hasBegun = false;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** From now on nobody is listened to: what a client still says, it says again when it is back. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** A command that is being obeyed. */
  note(act: Promise<void>): void {
    this.#obeying.add(act);
    void act.finally(() => this.#obeying.delete(act));
  }

  async begin(): Promise<void> {
    this.#hasBegun = true;
    await Promise.race([Promise.all(this.#obeying), delay(PATIENCE_MS)]);
    this.#hub.sendEverybodyOff();
  }
}
