import type { ResetPasswordBody } from "@confab/shared/accounts";
import { accountApi } from "../../lib/account-api.ts";

/** Sets the password of the account that a link belongs to, and gives its username. Throws ApiError. */
export async function resetPassword(body: ResetPasswordBody): Promise<string> {
  return (await accountApi.resetPassword(body)).username;
}
