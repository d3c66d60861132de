/** Above this share of its core the load may be what is measured. */
export const DRIVER_SHARE_MAX = 0.9;

/** Says so when the clients, and not the server, were at their end. */
export function remarkOnClients(results: readonly ({ driverShare: number } | undefined)[]): string | undefined {
  const wereClients = results.some((result) => (result?.driverShare ?? 0) > DRIVER_SHARE_MAX);
  return wereClients ? "the clients were the limit" : undefined;
}
