import { api } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { forgetPerson } from "../../realtime/forget-person.ts";
import { countEntries } from "../../realtime/outbox.ts";
import { setSignedOut, useSession } from "../../stores/session.store.ts";

/** How many messages have not reached the server: ask before signing out, for signing out deletes them. */
export function countUnsent(): number {
  const { me } = useSession.getState();
  return me === null ? 0 : countEntries(me.id);
}

/**
 * Ends the session and removes this person's unsent messages and drafts from the browser: whoever signs out on a
 * shared computer leaves nothing readable behind. Only an explicit sign-out does so, and only after the server has
 * confirmed it; when a session merely ends, they stay for the same person's return. Throws ApiError.
 */
export async function signOut(): Promise<void> {
  const { me } = useSession.getState();
  try {
    await api.logout();
  } catch (error) {
    // A session that is over already is what was asked for.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  if (me !== null) await forgetPerson(me.id);
  setSignedOut();
}
