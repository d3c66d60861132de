import { sql } from "../src/core/db.ts";
import type { TestServer } from "./start-server.ts";
import { newAdministrator, newGuest, newUser, TestClient } from "./test-client.ts";
import { generalOf, newGroup } from "./test-conversation.ts";
import { asProgram, BearerClient, claimsOf, sessionOf, signJwt } from "./test-program.ts";

/** Whose credentials hold. */
export const LIVE_ACTORS = ["guest", "member", "ex-member", "other user", "administrator"] as const;
/** Who is to be treated like nobody at all, as what they show does not hold (any more). */
export const SIGNED_OUT_ACTORS = [
  "anonymous",
  "expired guest",
  "deactivated",
  "revoked session",
  "expired token",
  "revoked token",
] as const;
export type LiveActor = (typeof LIVE_ACTORS)[number];
export type SignedOutActor = (typeof SIGNED_OUT_ACTORS)[number];
export type Actor = LiveActor | SignedOutActor;

export interface Cast {
  readonly actors: Record<Actor, TestClient>;
  /** Ada (the member), Carol (the guest) and Ben are in it. Its owner is the administrator. */
  readonly group: string;
  /** Ada and Ben. */
  readonly direct: string;
  /** The administrator alone. */
  readonly foreign: string;
  /** The group everyone joins. */
  readonly general: string;
}

/** Everybody whom a route can meet, on a server that has no administrator yet, each by the front door. */
export async function gatherCast(server: TestServer): Promise<Cast> {
  const { url, db } = server;
  const administrator = await newAdministrator(server, "Grace");
  const ada = await newUser(url, "Ada");
  const ben = await newUser(url, "Ben");
  const carol = await newGuest(url, "Carol");
  const gone = await newUser(url, "Dan");
  const expired = await newGuest(url, "Erin");
  const deactivated = await newUser(url, "Frank");
  const signedOut = await newGuest(url, "Heidi");
  const group = await newGroup(administrator, "Launch", [ada, ben, carol, gone, expired, deactivated, signedOut]);
  const { body } = await ada.post("/api/v1/conversations", { kind: "direct", user_id: ben.person.id });
  await removeMember(server, group, gone.person.id);
  await db.$executeRaw(sql`
    UPDATE users SET expires_at = now() - interval '1 second' WHERE id = ${expired.person.id}::uuid`);
  await db.$executeRaw(sql`UPDATE users SET deactivated_at = now() WHERE id = ${deactivated.person.id}::uuid`);
  return {
    actors: {
      anonymous: new TestClient(url),
      guest: carol,
      member: ada,
      "ex-member": gone,
      "other user": await newUser(url, "Mallory"),
      administrator,
      "expired guest": expired,
      deactivated,
      "revoked session": await signOutButKeepCookie(signedOut),
      "expired token": await withExpiredToken(server, ada),
      "revoked token": await withRevokedToken(server, ada),
    },
    group,
    direct: body.conversation.id,
    foreign: await newGroup(administrator, "Alone", []),
    general: (await generalOf(ada)).id,
  };
}

async function removeMember({ db }: TestServer, group: string, userId: string): Promise<void> {
  await db.$executeRaw(sql`
    WITH removed AS (
      DELETE FROM conversation_members WHERE conversation_id = ${group}::uuid AND user_id = ${userId}::uuid RETURNING 1)
    UPDATE conversations SET member_version = member_version + 1, member_count = member_count - 1
     WHERE id = ${group}::uuid`);
}

/** A guest's cookie after the session was ended. */
async function signOutButKeepCookie(client: TestClient): Promise<TestClient> {
  const { cookie } = client;
  await client.post("/logout", {});
  client.cookie = cookie;
  return client;
}

/** Ada with an access token whose ten minutes are over. */
async function withExpiredToken(server: TestServer, ada: TestClient): Promise<TestClient> {
  const { access_token } = (await ada.get("/token")).body;
  const past = Math.floor(Date.now() / 1_000) - 601;
  const claims = { ...claimsOf(access_token), iat: past, exp: past + 600 };
  const client = new BearerClient(server.url, signJwt(server.app.tokenSecret, claims));
  client.person = ada.person;
  return client;
}

/** Ada with an access token that would be good, had its session not been ended. */
async function withRevokedToken(server: TestServer, ada: TestClient): Promise<TestClient> {
  const { access_token, refresh_token } = (await ada.get("/token")).body;
  const client = new BearerClient(server.url, access_token);
  client.person = ada.person;
  await server.db.session.delete({ where: { id: sessionOf(refresh_token) } });
  return client;
}

/** The same person by cookie and by token, which have the same rights. */
export async function bothWays(client: TestClient): Promise<TestClient[]> {
  return [client, await asProgram(client)];
}
