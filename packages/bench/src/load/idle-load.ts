import { setTimeout as delay } from "node:timers/promises";
import { ChatSocket, type Ear } from "./chat-socket.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { cpuSince, readCpu, residentBytes } from "./process-meter.ts";
import type { Member, Target } from "./target.ts";

export interface IdleLoadOptions {
  readonly target: Target;
  readonly members: readonly Member[];
  /** How long after the last connect memory is read. */
  readonly settleSeconds: number;
  /** How long after the last connect it begins that CPU is read, and how long that takes. */
  readonly idleAfterSeconds: number;
  readonly idleSeconds: number;
}

export interface IdleLoadResult {
  readonly connectsPerSecond: number;
  /** Milliseconds of CPU. */
  readonly serverPerConnect: number;
  readonly databasePerConnect: number;
  readonly kibibytesPerSocket: number;
  /** Shares of a core while nobody says anything. */
  readonly serverShare: number;
  readonly databaseShare: number;
  /** The share of its own core that the load used while it connected. */
  readonly driverShare: number;
  /** How many sockets the server has ended. */
  readonly lost: number;
}

const CONNECTING_AT_ONCE = 32;
/** The first connections make the server load and compile what all others use. */
const WARM_UP = 50;
const WARM_UP_MS = 500;

/** Connects everybody, who then only listens. */
export async function idleLoad({ target, members, ...times }: IdleLoadOptions): Promise<IdleLoadResult> {
  const crowd = new Crowd(target.port);
  await crowd.connect(members.slice(0, WARM_UP));
  await delay(WARM_UP_MS);

  const connects = members.length - WARM_UP;
  const memoryBefore = residentBytes(target.serverPid);
  const beforeConnects = readCpu(target);
  const start = performance.now();
  await crowd.connect(members.slice(WARM_UP));
  const seconds = (performance.now() - start) / 1000;
  const connecting = cpuSince(beforeConnects, target);
  await delay(times.settleSeconds * 1000);
  const memory = residentBytes(target.serverPid) - memoryBefore;

  await delay((times.idleAfterSeconds - times.settleSeconds) * 1000);
  const beforeIdle = readCpu(target);
  await delay(times.idleSeconds * 1000);
  const idle = cpuSince(beforeIdle, target);
  await crowd.close();
  return {
    connectsPerSecond: connects / seconds,
    serverPerConnect: (connecting.server / connects) * 1000,
    databasePerConnect: (connecting.database / connects) * 1000,
    kibibytesPerSocket: memory / 1024 / connects,
    serverShare: idle.server / times.idleSeconds,
    databaseShare: idle.database / times.idleSeconds,
    driverShare: connecting.driver / seconds,
    lost: crowd.lost,
  };
}

class Crowd {
  lost = 0;
  readonly #port: number;
  readonly #sockets: ChatSocket[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  connect(members: readonly Member[]): Promise<void> {
    const onLost = () => {
      this.lost += 1;
    };
    const ear: Ear = { onMessage: () => undefined, onError: () => undefined, onLost };
    return eachAtOnce(members, CONNECTING_AT_ONCE, async (member) => {
      this.#sockets.push(await ChatSocket.open(this.#port, member, ear));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.close()));
  }
}
