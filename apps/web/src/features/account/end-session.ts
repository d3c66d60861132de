import { accountApi } from "../../lib/account-api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { queryClient } from "../../lib/query-client.ts";
import { SESSIONS_KEY } from "./use-sessions.ts";

/** Signs one other browser or program out. Throws ApiError. */
export async function endSession(id: string): Promise<void> {
  try {
    await accountApi.endSession(id);
  } catch (error) {
    // A session that is over already is what was asked for.
    if (!(error instanceof ApiError) || error.code !== "session_not_found") throw error;
  }
  await queryClient.invalidateQueries({ queryKey: SESSIONS_KEY });
}

/** Signs all other browsers and programs out. Throws ApiError. */
export async function endOtherSessions(): Promise<void> {
  await accountApi.endOtherSessions();
  await queryClient.invalidateQueries({ queryKey: SESSIONS_KEY });
}
