import type { Me } from "@confab/shared/users";
import type { Workspace } from "@confab/shared/workspace";
import { type LoaderFunctionArgs, redirect } from "react-router";
import { loadSession } from "../features/auth/load-session.ts";
import { api } from "../lib/api.ts";
import { loginPathFor, nextPathOf, paths } from "../lib/paths.ts";
import { useSession } from "../stores/session.store.ts";

async function isSignedIn(): Promise<boolean> {
  if (useSession.getState().status === "unknown") await loadSession();
  return useSession.getState().status === "signed_in";
}

/** For pages that belong to somebody: whoever is not signed in goes to the sign-in page, and comes back after it. */
export async function requireSession({ request }: LoaderFunctionArgs): Promise<null> {
  if (!(await isSignedIn())) throw redirect(loginPathFor(new URL(request.url)));
  return null;
}

/** For a page that is for everybody and greets whoever is signed in: who came, null for somebody who is not. */
export async function askWhoCame(): Promise<Me | null> {
  await isSignedIn();
  return useSession.getState().me;
}

/**
 * For the pages before sign-in: whoever is signed in already goes on. Who comes in by one of these addresses is signed
 * out, or the server would have sent them on. Gives what those pages need to know.
 */
export async function requireNoSession({ request }: LoaderFunctionArgs): Promise<Workspace> {
  if (useSession.getState().status === "signed_in")
    throw redirect(nextPathOf(new URL(request.url)) ?? paths.conversations);
  return api.workspace();
}
