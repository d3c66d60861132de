import type { RegisterBody } from "@confab/shared/auth";
import { api } from "../../lib/api.ts";
import { signIn } from "./sign-in.ts";

/** Makes an account and signs in with it. Throws ApiError. */
export async function register(body: RegisterBody): Promise<void> {
  await api.register(body);
  await signIn({ username: body.username, password: body.password });
}
