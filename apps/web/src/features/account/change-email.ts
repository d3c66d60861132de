import type { ChangeEmailBody, Me } from "@confab/shared/users";
import { accountApi } from "../../lib/account-api.ts";
import { setSignedIn } from "../../stores/session.store.ts";

/** Changes one's own e-mail address, and gives what was stored. Throws ApiError, `password_wrong` and `email_taken` among others. */
export async function changeEmail(body: ChangeEmailBody): Promise<Me> {
  const me = await accountApi.changeEmail(body);
  setSignedIn(me);
  return me;
}
