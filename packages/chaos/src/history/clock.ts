/** Milliseconds of the machine's monotonic clock: the same for all its processes, and deaf to changes of the date. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
