import type { ChangePasswordBody } from "@confab/shared/users";
import { accountApi } from "../../lib/account-api.ts";
import { queryClient } from "../../lib/query-client.ts";
import { SESSIONS_KEY } from "./use-sessions.ts";

/** Changes one's own password, which ends all other sessions. Throws ApiError, `password_wrong` among others. */
export async function changePassword(body: ChangePasswordBody): Promise<void> {
  await accountApi.changePassword(body);
  await queryClient.invalidateQueries({ queryKey: SESSIONS_KEY });
}
