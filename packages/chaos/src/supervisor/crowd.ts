import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ClientPlan } from "../clients/client.ts";
import type { Done, Order, ProcessPlan } from "../clients/client-process.ts";
import { endProcess, own } from "./own-processes.ts";

const PROGRAM = fileURLToPath(import.meta.resolve("../clients/client-process.ts"));
/** No order takes longer; a process that does not answer has broken down. */
const ANSWER_MS_MAX = 70_000;

/** Client processes, and the orders they take. */
export class Crowd {
  readonly processes: readonly ChildProcess[];

  /** Deals the clients out to so many processes. */
  constructor(plan: Omit<ProcessPlan, "name">, processes: number) {
    this.processes = Array.from({ length: Math.min(processes, plan.clients.length) }, (_, n) => {
      const clients: ClientPlan[] = plan.clients.filter((_, index) => index % processes === n);
      const processPlan: ProcessPlan = { ...plan, name: `${clients[0]?.name}-process`, clients };
      return own(fork(PROGRAM, [JSON.stringify(processPlan)], { stdio: ["ignore", "inherit", "inherit", "ipc"] }));
    });
  }

  /** Has all of them do something; resolves with how many clients did not manage it. */
  async order(order: Order): Promise<number> {
    const failures = await Promise.all(this.processes.map((child) => ask(child, order)));
    return failures.reduce((sum, each) => sum + each, 0);
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((child) => endProcess(child, "SIGKILL")));
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
