import type { RegisterBody } from "@confab/shared/auth";
import { api } from "../../lib/api.ts";

/** Makes an account; the person signs in with it afterwards. Throws ApiError. */
export async function register(body: RegisterBody): Promise<void> {
  await api.register(body);
}
