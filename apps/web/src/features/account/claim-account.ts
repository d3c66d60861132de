import type { ClaimAccountBody } from "@confab/shared/users";
import { accountApi } from "../../lib/account-api.ts";
import { setSignedIn } from "../../stores/session.store.ts";

/** Makes a guest's visit an account: the same person, with the same messages. Throws ApiError. */
export async function claimAccount(body: ClaimAccountBody): Promise<void> {
  setSignedIn(await accountApi.claim(body));
}
