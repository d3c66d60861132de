import { newId } from "@confab/shared/ids";
import { CONTENT } from "./conversation-sender.ts";
import { HttpClient, type HttpRequest } from "./http-client.ts";
import { Latencies } from "./latencies.ts";
import { type CpuSeconds, cpuSince, readCpu } from "./process-meter.ts";
import type { Target } from "./target.ts";

export interface HttpLoadOptions {
  readonly target: Target;
  /** What is asked, in turn. A POST sends a message. */
  readonly requests: readonly Omit<HttpRequest, "body">[];
  /** How many ask at the same time, measured apart. */
  readonly crowds: readonly number[];
  readonly seconds: number;
}

export interface HttpStep {
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: CpuSeconds;
  readonly bytesPerAnswer: number;
  /** The share of its core that the load itself used. */
  readonly driverShare: number;
}

export interface HttpLoadResult {
  /** By the size of the crowd. */
  readonly steps: Readonly<Record<number, HttpStep>>;
}

const WARM_UP_SECONDS = 1;

/** Crowds of clients, each of whom asks again as soon as it has its answer. */
export async function httpLoad({ target, requests, crowds, seconds }: HttpLoadOptions): Promise<HttpLoadResult> {
  const steps: Record<number, HttpStep> = {};
  for (const size of crowds) {
    const clients = await Promise.all(Array.from({ length: size }, () => HttpClient.open(target.port)));
    await askFor(WARM_UP_SECONDS, clients, requests);
    const before = readCpu(target);
    const asked = await askFor(seconds, clients, requests);
    const cpu = cpuSince(before, target);
    for (const client of clients) client.close();
    steps[size] = {
      requestsPerSecond: asked.count / asked.elapsed,
      requests: asked.count,
      p50: asked.latencies.quantile(0.5),
      p99: asked.latencies.quantile(0.99),
      cpu,
      bytesPerAnswer: asked.bytes / asked.count,
      driverShare: cpu.driver / asked.elapsed,
    };
  }
  return { steps };
}

async function askFor(seconds: number, clients: readonly HttpClient[], requests: HttpLoadOptions["requests"]) {
  const begin = performance.now();
  const latencies = new Latencies();
  let [count, bytes] = [0, 0];
  const askOn = async (client: HttpClient) => {
    for (let start = begin; start < begin + seconds * 1000; start = performance.now()) {
      const request = requests[count++ % requests.length];
      if (!request) return;
      const answer = await client.request(request.method === "POST" ? { ...request, body: newMessage() } : request);
      latencies.add(performance.now() - start);
      bytes += answer.bytes;
    }
  };
  await Promise.all(clients.map(askOn));
  return { count, bytes, latencies, elapsed: (performance.now() - begin) / 1000 };
}

function newMessage(): string {
  return JSON.stringify({ id: newId(), content: CONTENT });
}
