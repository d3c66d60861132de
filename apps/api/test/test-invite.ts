import type { Invite } from "@confab/shared/invites";
import type { Answer, TestClient } from "./test-client.ts";

/** Where the invites into a conversation are, or (null) those to an account. */
export function invitesPath(conversationId: string | null): string {
  return conversationId === null ? "/api/v1/invites" : `/api/v1/conversations/${conversationId}/invites`;
}

/** A link made by somebody who may: into a conversation, or (null) to an account. */
export async function newInvite(
  maker: TestClient,
  conversationId: string | null,
  limits: object = {},
): Promise<Invite> {
  const answer = await maker.post(invitesPath(conversationId), limits);
  if (answer.status !== 201) throw new Error(`no invite: ${JSON.stringify(answer.body)}`);
  return answer.body.invite;
}

export function openLink(client: TestClient, token: string): Promise<Answer> {
  return client.post("/api/v1/invites/open", { token });
}

export function joinBy(client: TestClient, token: string): Promise<Answer> {
  return client.post("/api/v1/invites/join", { token });
}
