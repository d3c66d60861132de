import type { GuestBody } from "@confab/shared/auth";
import { api } from "../../lib/api.ts";
import { loadSession } from "./load-session.ts";

/** Enters without a password, under a name nobody has; with an invite, into its conversation. Throws ApiError. */
export async function enterAsGuest(body: GuestBody): Promise<void> {
  await api.enterAsGuest(body);
  await loadSession();
}
