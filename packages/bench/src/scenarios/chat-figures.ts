import type { ChatLoadResult, ChatStep } from "../load/chat-load.ts";
import type { CpuSeconds } from "../load/process-meter.ts";
import { DRIVER_SHARE_MAX } from "./clients-share.ts";

export function cpuPerMillion(step: ChatStep | undefined, read: (cpu: CpuSeconds) => number): number | undefined {
  return step && (read(step.cpu) / step.deliveries) * 1e6;
}

/** Milliseconds of CPU per message. */
export function cpuPerMessage(step: ChatStep | null, read: (cpu: CpuSeconds) => number): number | undefined {
  return step ? (read(step.cpu) / step.messages) * 1e3 : undefined;
}

/** Says so when the clients, and not the server, were at their end. */
export function remarkOnMaximum(results: readonly ChatLoadResult[]): string | undefined {
  const wereClients = results.some(
    ({ maximum, beyond }) => (maximum?.driverShare ?? 0) > DRIVER_SHARE_MAX || /clients/.test(beyond ?? ""),
  );
  const reasons = [...new Set(results.map(({ beyond }) => beyond))].join("; ");
  return wereClients ? `the clients were the limit (${reasons})` : `ended by: ${reasons}`;
}
