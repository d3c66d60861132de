import { accountApi } from "../../lib/account-api.ts";

/** Joins the conversation that a link leads to; who is in it already stays in it. Gives its id. Throws ApiError. */
export async function joinConversation(token: string): Promise<string> {
  return (await accountApi.joinByInvite(token)).id;
}
