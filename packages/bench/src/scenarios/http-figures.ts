import type { HttpStep } from "../load/http-load.ts";

/** Milliseconds of CPU per request, of the server with its database. */
export function cpuPerRequest(step: HttpStep | undefined): number | undefined {
  return step && ((step.cpu.server + step.cpu.database) / step.requests) * 1e3;
}
