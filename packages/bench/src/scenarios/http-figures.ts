import type { HttpStep } from "../load/http-load.ts";
import { DRIVER_SHARE_MAX } from "./chat-figures.ts";

/** Milliseconds of CPU per request, of the server with its database. */
export function cpuPerRequest(step: HttpStep | undefined): number | undefined {
  return step && ((step.cpu.server + step.cpu.database) / step.requests) * 1e3;
}

/** Says so when the clients, and not the server, were at their end. */
export function remarkOnClients(steps: readonly (HttpStep | undefined)[]): string | undefined {
  const wereClients = steps.some((step) => (step?.driverShare ?? 0) > DRIVER_SHARE_MAX);
  return wereClients ? "the clients were the limit" : undefined;
}
