import { ChatRoomful } from "./chat-roomful.ts";
import { ChatSocket, type Ear } from "./chat-socket.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { Latencies } from "./latencies.ts";
import { cpuSince, readCpu } from "./process-meter.ts";
import { type LoadedConversation, type Member, portsOf, type Target } from "./target.ts";

export interface CostLoadOptions {
  readonly target: Target;
  /** Who is connected all the time, and says nothing. */
  readonly bystanders: readonly Member[];
  /** Where one after the other sends a message; only these of its members are connected. */
  readonly room: LoadedConversation;
  /** Who connect and leave again, in turn. */
  readonly newcomers: readonly Member[];
  readonly sends: number;
  readonly connects: number;
}

/** Milliseconds of one operation: CPU of the server with its database, and how long it took. */
export interface Cost {
  readonly cpu: number;
  readonly p50: number;
}

const CONNECTING_AT_ONCE = 32;
const WARM_UP = 20;
const DELIVERED_MS_MAX = 10_000;
const DEAF: Ear = { onMessage: () => undefined, onError: () => undefined, onLost: () => undefined };

/** What a message and a connect cost by themselves: one at a time, the next when one is done. */
export async function costLoad(options: CostLoadOptions): Promise<{ readonly send: Cost; readonly connect: Cost }> {
  const { target, bystanders, room, newcomers } = options;
  const others: ChatSocket[] = [];
  await eachAtOnce(bystanders, CONNECTING_AT_ONCE, async (member) => {
    others.push(await ChatSocket.open(target.port, member, DEAF));
  });
  const roomful = new ChatRoomful(portsOf(target), [room], 1);
  await roomful.connect();
  const send = await costOf(target, options.sends, async () => {
    roomful.begin(1);
    roomful.send(performance.now());
    if (!(await roomful.drain(DELIVERED_MS_MAX))) throw new Error(roomful.failure ?? "A message did not arrive.");
    return roomful.latencies.quantile(0.5);
  });
  let turn = 0;
  const connect = await costOf(target, options.connects, async () => {
    const member = newcomers[turn++ % newcomers.length];
    const start = performance.now();
    const socket = member && (await ChatSocket.open(target.port, member, DEAF));
    const took = performance.now() - start;
    await socket?.close();
    return took;
  });
  await Promise.all([roomful.close(), ...others.map((socket) => socket.close())]);
  return { send, connect };
}

/** `operation` returns the milliseconds it took. */
async function costOf(target: Target, times: number, operation: () => Promise<number>): Promise<Cost> {
  for (let n = 0; n < WARM_UP; n++) await operation();
  const latencies = new Latencies();
  const before = readCpu(target);
  for (let n = 0; n < times; n++) latencies.add(await operation());
  const { server, database } = cpuSince(before, target);
  return { cpu: ((server + database) / times) * 1000, p50: latencies.quantile(0.5) };
}
