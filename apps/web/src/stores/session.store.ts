import type { Me } from "@confab/shared/users";
import { create } from "zustand";
import { onSignInRequired } from "../lib/api.ts";
import { readStored, writeStored } from "../lib/storage.ts";

export interface SessionState {
  /** "unknown" until the server was asked who this is. */
  status: "unknown" | "signed_out" | "signed_in";
  me: Me | null;
}

export const useSession = create<SessionState>(() => ({ status: "unknown", me: null }));

/** Tabs share one cookie. This mark tells a tab whose cookie it is now. */
const WHO_KEY = "confab.user";

export function setSignedIn(me: Me): void {
  writeStored(WHO_KEY, me.id);
  useSession.setState({ status: "signed_in", me });
}

export function setSignedOut(): void {
  useSession.setState({ status: "signed_out", me: null });
}

/**
 * False when another tab has signed in as somebody else: what this tab would send now over HTTP would be sent in
 * that person's name.
 */
export function ownsCookie(userId: string): boolean {
  const who = readStored(WHO_KEY);
  return who === null || who === userId;
}

onSignInRequired(setSignedOut);
