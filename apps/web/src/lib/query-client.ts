import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api-error.ts";

/** Lists that are read now and then and are not kept live by the socket. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only what may be different in a second is asked again.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      networkMode: "always",
    },
  },
});
