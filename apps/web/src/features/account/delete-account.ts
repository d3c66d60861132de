import type { DeleteMeBody } from "@confab/shared/users";
import { accountApi } from "../../lib/account-api.ts";
import { forgetPerson } from "../../realtime/forget-person.ts";
import { setSignedOut, useSession } from "../../stores/session.store.ts";

/**
 * Deletes the account of whoever is signed in, and with it what this browser keeps for them. Throws ApiError,
 * `password_wrong` and `last_administrator` among others.
 */
export async function deleteAccount(body: DeleteMeBody): Promise<void> {
  const { me } = useSession.getState();
  await accountApi.delete(body);
  if (me !== null) await forgetPerson(me.id);
  setSignedOut();
}
