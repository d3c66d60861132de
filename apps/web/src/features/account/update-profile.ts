import type { Me, UpdateMeBody } from "@confab/shared/users";
import { accountApi } from "../../lib/account-api.ts";
import { setSignedIn } from "../../stores/session.store.ts";

/** Changes one's own name or language, and gives what was stored. Throws ApiError, `username_taken` among others. */
export async function updateProfile(body: UpdateMeBody): Promise<Me> {
  const me = await accountApi.update(body);
  setSignedIn(me);
  return me;
}
