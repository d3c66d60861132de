import type { SetupBody } from "@confab/shared/auth";
import { api } from "../../lib/api.ts";
import { loadSession } from "./load-session.ts";

/** Makes the first administrator, who is signed in by it. Throws ApiError, `setup_link_invalid` among others. */
export async function setUp(body: SetupBody): Promise<void> {
  await api.setUp(body);
  await loadSession();
}
