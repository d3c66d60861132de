import type { LoginBody } from "@confab/shared/auth";
import { api } from "../../lib/api.ts";
import { loadSession } from "./load-session.ts";

/** Signs in with a password. Throws ApiError, `password_wrong` among others. */
export async function signIn(body: LoginBody): Promise<void> {
  await api.login(body);
  await loadSession();
}
