import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Done, Order, ProcessPlan } from "../clients/client-process.ts";
import { endProcess, own } from "./own-processes.ts";

const PROGRAM = fileURLToPath(import.meta.resolve("../clients/client-process.ts"));
/** No order takes longer; a process that does not answer has broken down. */
const ANSWER_MS_MAX = 70_000;

/** Client processes, and the orders they take. */
export class Crowd {
  readonly #processes: readonly ChildProcess[];
  /**
   * A process apart, to be stopped while the others go on; null when nobody is in it. It is connected to a node without
   * network and balancer between, whose buffers would hide for long that nobody reads.
   */
  readonly sleepers: ChildProcess | null;

  /** Deals the clients out to so many processes, and puts the last ones into one of their own. */
  constructor(plan: Omit<ProcessPlan, "name">, processes: number, sleepers: { count: number; url: string }) {
    const awake = plan.clients.slice(0, plan.clients.length - sleepers.count);
    const dealt = Array.from({ length: processes }, (_, n) => awake.filter((__, index) => index % processes === n));
    const plans = [
      ...dealt.map((clients) => ({ ...plan, clients })),
      { ...plan, url: sleepers.url, clients: plan.clients.slice(awake.length) },
    ].filter(({ clients }) => clients.length > 0);
    this.#processes = plans.map((each) => {
      const processPlan: ProcessPlan = { ...each, name: `${each.clients[0]?.name}-process` };
      return own(fork(PROGRAM, [JSON.stringify(processPlan)], { stdio: ["ignore", "inherit", "inherit", "ipc"] }));
    });
    this.sleepers = sleepers.count > 0 ? (this.#processes.at(-1) ?? null) : null;
  }

  /** Has all of them do something; resolves with how many clients did not manage it. */
  async order(order: Order): Promise<number> {
    const failures = await Promise.all(this.#processes.map((child) => ask(child, order)));
    return failures.reduce((sum, each) => sum + each, 0);
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((child) => endProcess(child, "SIGKILL")));
  }
}

/** Orders overlap at most with themselves: each is answered before the next is given. */
function ask(child: ChildProcess, order: Order): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.off("message", hear).off("exit", breakDown);
      act();
    };
    const hear = (done: Done) => {
      if (done.did === order.do) settle(() => resolve(done.failed));
    };
    const breakDown = () => settle(() => reject(new Error(`a client process broke down instead of "${order.do}"`)));
    const timer = setTimeout(breakDown, ANSWER_MS_MAX);
    child.on("message", hear).on("exit", breakDown);
    child.send(order);
  });
}
