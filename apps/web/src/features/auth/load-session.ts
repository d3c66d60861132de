import { api } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { setSignedIn } from "../../stores/session.store.ts";

/**
 * Asks the server who this is and tells the session store: afterwards its status is signed_in or signed_out.
 * Throws ApiError when the server could not say; then the status is what it was.
 */
export async function loadSession(): Promise<void> {
  try {
    setSignedIn(await api.me());
  } catch (error) {
    // The session store has heard of the 401 already: being signed out is an answer, not a failure.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
}
