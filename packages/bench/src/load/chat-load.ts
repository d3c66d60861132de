import { setTimeout as delay } from "node:timers/promises";
import { ChatRoomful } from "./chat-roomful.ts";
import { pace } from "./pace.ts";
import { type CpuSeconds, cpuSince, readCpu } from "./process-meter.ts";
import { findMaximum, type Ramp } from "./ramp.ts";
import { type LoadedConversation, portsOf, type Target } from "./target.ts";

export interface Rate {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface ChatLoadOptions {
  readonly target: Target;
  readonly conversations: readonly LoadedConversation[];
  readonly sendersPerConversation: number;
  readonly warmUp: Rate;
  /** Rates that everybody is measured at. */
  readonly steady: Readonly<Record<string, Rate>>;
  /** How the highest rate is looked for, and for how long each step lasts. */
  readonly ramp: (Ramp & { readonly seconds: number }) | null;
  /** How long the server is then measured at 60 % of its own maximum. */
  readonly sixtyPercentSeconds: number;
}

export interface ChatStep {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: CpuSeconds;
  /** The share of its core that the load itself used. */
  readonly driverShare: number;
  /** Why this was too much; null when it went well. */
  readonly problem: string | null;
}

export interface ChatLoadResult {
  readonly steady: Readonly<Record<string, ChatStep>>;
  readonly maximum: ChatStep | null;
  readonly beyond: string | null;
  readonly sixtyPercent: ChatStep | null;
}

const P99_MS_MAX = 250;
/** From one step to the next: who has just heard much may be written to a little later (core/flushes of the server). */
const PAUSE_MS = 300;
/** How long after the last send everything has to be there. */
const DRAIN_MS_MAX = 1_000;

/** Connects everybody, and sends messages at given rates and then at the highest that goes well. */
export async function chatLoad(options: ChatLoadOptions): Promise<ChatLoadResult> {
  const { target, ramp, sixtyPercentSeconds } = options;
  const roomful = new ChatRoomful(portsOf(target), options.conversations, options.sendersPerConversation);
  await roomful.connect();
  const measure = async (rate: Rate) => {
    const step = await measureStep(target, roomful, rate);
    await roomful.recover();
    await delay(PAUSE_MS);
    return step;
  };
  await measure(options.warmUp);
  const steady: Record<string, ChatStep> = {};
  for (const [name, rate] of Object.entries(options.steady)) steady[name] = await measure(rate);
  const found = ramp && (await findMaximum(ramp, (perSecond) => measure({ perSecond, seconds: ramp.seconds })));
  const sixtyPercent =
    found && sixtyPercentSeconds > 0
      ? await measure({ perSecond: found.best.messagesPerSecond * 0.6, seconds: sixtyPercentSeconds })
      : null;
  await roomful.close();
  return { steady, maximum: found?.best ?? null, beyond: found?.problem ?? null, sixtyPercent };
}

async function measureStep(target: Target, roomful: ChatRoomful, { perSecond, seconds }: Rate): Promise<ChatStep> {
  const before = readCpu(target);
  const start = performance.now();
  roomful.begin(perSecond);
  const messages = await pace(perSecond, seconds, (at) => roomful.send(at));
  const isDrained = await roomful.drain(DRAIN_MS_MAX);
  const elapsed = (performance.now() - start) / 1000;
  const cpu = cpuSince(before, target);
  const { received, latencies, failure } = roomful;
  const [p50, p99] = [latencies.quantile(0.5), latencies.quantile(0.99)];
  const isBehind = messages < Math.round(perSecond * seconds);
  const problem =
    failure ??
    (isBehind ? "the clients could not send as fast" : null) ??
    (isDrained ? null : "messages were outstanding at the end") ??
    (p99 < P99_MS_MAX ? null : "p99 too high");
  return {
    messagesPerSecond: messages / elapsed,
    deliveriesPerSecond: received / elapsed,
    messages,
    deliveries: received,
    p50,
    p99,
    cpu,
    driverShare: cpu.driver / elapsed,
    problem,
  };
}
