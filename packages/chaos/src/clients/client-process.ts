import { setTimeout as delay } from "node:timers/promises";
import { Recorder } from "../history/recorder.ts";
import { Random } from "../random.ts";
import { Client, type ClientPlan } from "./client.ts";

/** What a client process is started with, as its one argument. */
export interface ProcessPlan {
  readonly name: string;
  readonly url: string;
  readonly folder: string;
  readonly seed: string;
  readonly clients: readonly ClientPlan[];
}

/** What the supervisor may ask for; each is answered with the same word when it is done. */
export type Order =
  /** `live` waits until every client has a connection (again). */
  | { readonly do: "connect" | "live" | "write" | "rest" | "stop" }
  | { readonly do: "converge"; readonly heads: Readonly<Record<string, number>> };
export interface Done {
  readonly did: Order["do"];
  /** How many clients did not manage it. */
  readonly failed: number;
}

const LIVE_MS = 30_000;
const POLL_MS = 25;

const plan = JSON.parse(process.argv[2] ?? "") as ProcessPlan;
const recorder = new Recorder(plan.folder, plan.name);
const clients = plan.clients.map(
  (each) => new Client(each, plan.url, recorder, new Random(plan.seed).child(each.name)),
);

async function untilLive(): Promise<number> {
  for (const end = Date.now() + LIVE_MS; Date.now() < end && clients.some((each) => !each.isLive); )
    await delay(POLL_MS);
  return clients.filter((each) => !each.isLive).length;
}

async function obey(order: Order): Promise<number> {
  switch (order.do) {
    case "connect":
      for (const client of clients) client.connect();
      return untilLive();
    case "live":
      return untilLive();
    case "write":
      for (const client of clients) client.write();
      return 0;
    case "rest": {
      const rested = await Promise.all(clients.map((client) => client.rest()));
      return rested.filter((isDone) => !isDone).length;
    }
    case "converge":
      await Promise.all(clients.map((client) => client.converge(order.heads)));
      return 0;
    case "stop":
      for (const client of clients) client.stop();
      recorder.close();
      return 0;
    default:
      return order satisfies never;
  }
}

process.on("message", (order: Order) => {
  void obey(order).then((failed) => {
    const done: Done = { did: order.do, failed };
    process.send?.(done, () => {
      if (order.do === "stop") process.exit(0);
    });
  });
});
// A supervisor that is gone has no use for a history.
process.on("disconnect", () => process.exit(1));
