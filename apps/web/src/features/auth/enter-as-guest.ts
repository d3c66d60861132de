import { api } from "../../lib/api.ts";
import { loadSession } from "./load-session.ts";

/** Enters without a password, under a name nobody has. Throws ApiError. */
export async function enterAsGuest(username: string): Promise<void> {
  await api.enterAsGuest({ username });
  await loadSession();
}
